// SPDX-License-Identifier: Apache-2.0
// Delegation tokens and the master keys they are made with.

include "exceptions.thrift"
include "scheduled_query.thrift"

namespace c_glib Hms

service Tokens extends scheduled_query.ScheduledQueries {
  /** A new delegation token (Kerberos). */
  string get_delegation_token(1: string token_owner, 2: string renewer_kerberos_principal_name)
      throws (1: exceptions.MetaException o1) (callers = "Spark, Trino")
  /** Renews a delegation token (Kerberos). */
  i64 renew_delegation_token(1: string token_str_form) throws (1: exceptions.MetaException o1)
      (callers = "Flink")
  /** Cancels a delegation token (Kerberos). */
  void cancel_delegation_token(1: string token_str_form) throws (1: exceptions.MetaException o1)

  /** Keeps a delegation token; false when there is one already. */
  bool add_token(1: string token_identifier, 2: string delegation_token)
  /** A delegation token. */
  string get_token(1: string token_identifier)
  /** Forgets a delegation token. */
  bool remove_token(1: string token_identifier)
  /** Names of all delegation tokens. */
  list<string> get_all_token_identifiers()

  /** Keeps a master key for delegation tokens and numbers it. */
  i32 add_master_key(1: string key) throws (1: exceptions.MetaException o1)
  /** Replaces a master key. */
  void update_master_key(1: i32 seq_number, 2: string key)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
  /** Forgets a master key. */
  bool remove_master_key(1: i32 key_seq)
  /** All master keys. */
  list<string> get_master_keys()
}
