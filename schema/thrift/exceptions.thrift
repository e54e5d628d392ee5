// SPDX-License-Identifier: Apache-2.0
// Every exception that a method may declare. All carry one message and nothing else, so two of
// them differ on the wire only in the field of the result they arrive in.

namespace c_glib Hms

exception AlreadyExistsException {
  1: string message
}

exception CompactionAbortedException {
  1: string message
}

exception ConfigValSecurityException {
  1: string message
}

// Only in 2.3, and declared by none of its methods.
exception IndexAlreadyExistsException {
  1: string message
}

exception InvalidInputException {
  1: string message
}

exception InvalidObjectException {
  1: string message
}

exception InvalidOperationException {
  1: string message
}

exception InvalidPartitionException {
  1: string message
}

exception MetaException {
  1: string message
}

exception NoSuchCompactionException {
  1: string message
}

exception NoSuchLockException {
  1: string message
}

exception NoSuchObjectException {
  1: string message
}

exception NoSuchTxnException {
  1: string message
}

exception TxnAbortedException {
  1: string message
}

exception TxnOpenException {
  1: string message
}

exception UnknownDBException {
  1: string message
}

exception UnknownPartitionException {
  1: string message
}

exception UnknownTableException {
  1: string message
}
