// SPDX-License-Identifier: Apache-2.0
// What many requests carry beside their subject: the context of a call, what the client is able
// to do, and which fields of an answer it wants.

namespace c_glib Hms

enum ClientCapability {
  TEST_CAPABILITY = 1,
  INSERT_ONLY_TABLES = 2
}

struct EnvironmentContext {
  1: map<string, string> properties
}

struct ClientCapabilities {
  1: required list<ClientCapability> values
}

struct GetProjectionsSpec {
  1: list<string> fieldList
  2: string includeParamKeyPattern
  3: string excludeParamKeyPattern
}
