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
  /** The service's name in fb303. */
  string getName()
  /** The version of the Hive API that is spoken. */
  string getVersion()
  /** ALIVE, as long as it answers. */
  fb_status getStatus()
  /** Empty. */
  string getStatusDetails()
  /** When the server started, in seconds since 1970. */
  i64 aliveSince()

  /** How often each method was called. */
  map<string, i64> getCounters()
  /** How often a method was called. */
  i64 getCounter(1: string key)
  /** Sets an fb303 option. */
  void setOption(1: string key, 2: string value)
  /** An fb303 option of the server. */
  string getOption(1: string key)
  /** All fb303 options of the server. */
  map<string, string> getOptions()
  /** Empty: the server keeps no profile. */
  string getCpuProfile(1: i32 profileDurationInSec)

  // No answer is sent to these two.
  /** Nothing: settings are read at start. */
  oneway void reinitialize()
  // Clients send this when they close a connection; it stops nothing.
  /** Nothing: Hive clients send it when they close a connection. */
  oneway void shutdown() (callers = "Flink, Iceberg, Spark")
}
