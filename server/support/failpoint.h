/* SPDX-License-Identifier: Apache-2.0 */
/* Places where a test makes the server die or wait. In a build with FAILPOINTS=1 alone (what `make
 * check` runs); in any other build nothing is left of them. docs/testing.md says how to use them.
 */
#pragma once

#ifdef SKEP_FAILPOINTS
/* Does what the file that SKEP_FAILPOINTS_FILE names says of this place: a line `place=action` or
 * `place=action@N` (the Nth time alone; else each time), action `crash` (as kill -9), `hang:MS` or
 * `cut` (of every connection that the server has). When the file's content changes, counting begins
 * again. Any thread. */
void failpoint_reach(const char *place);
#else
#define failpoint_reach(place) ((void)0)
#endif
