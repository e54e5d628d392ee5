/* SPDX-License-Identifier: Apache-2.0 */
/* The process' own metrics, under the names that every Prometheus client library gives them. */
#pragma once

/* Brings the gauges up to date from /proc. Called before each rendering; any thread. */
void process_metrics_collect(void);
