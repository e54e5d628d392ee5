// SPDX-License-Identifier: Apache-2.0
// Delegation tokens and the master keys they are made with.

include "exceptions.thrift"
include "scheduled_query.thrift"

namespace c_glib Hms

service Tokens extends scheduled_query.ScheduledQueries {
  string get_delegation_token(1: string token_owner, 2: string renewer_kerberos_principal_name)
      throws (1: exceptions.MetaException o1)
  i64 renew_delegation_token(1: string token_str_form) throws (1: exceptions.MetaException o1)
  void cancel_delegation_token(1: string token_str_form) throws (1: exceptions.MetaException o1)

  bool add_token(1: string token_identifier, 2: string delegation_token)
  string get_token(1: string token_identifier)
  bool remove_token(1: string token_identifier)
  list<string> get_all_token_identifiers()

  i32 add_master_key(1: string key) throws (1: exceptions.MetaException o1)
  void update_master_key(1: i32 seq_number, 2: string key)
      throws (1: exceptions.NoSuchObjectException o1, 2: exceptions.MetaException o2)
  bool remove_master_key(1: i32 key_seq)
  list<string> get_master_keys()
}
