// SPDX-License-Identifier: Apache-2.0
// The fb303 base service that the metastore service has extended since its first release: name,
// version, status and counters of the running server.

namespace c_glib Hms

enum fb_status {
  DEAD = 0,
  STARTING = 1,
  ALIVE = 2,
  STOPPING = 3,
  STOPPED = 4,
  WARNING = 5
}

service FacebookService {
  // Who the server is and how it is.
  string getName()
  string getVersion()
  fb_status getStatus()
  string getStatusDetails()
  i64 aliveSince()

  map<string, i64> getCounters()
  i64 getCounter(1: string key)
  void setOption(1: string key, 2: string value)
  string getOption(1: string key)
  map<string, string> getOptions()
  string getCpuProfile(1: i32 profileDurationInSec)

  // No answer is sent to these two.
  oneway void reinitialize()
  // Clients send this when they close a connection; it stops nothing.
  oneway void shutdown()
}
