/* SPDX-License-Identifier: Apache-2.0 */
/* Compactions between what clients send and read and the records of the catalog. Implemented in
 * compaction_record.c; caller: compaction.c. */
#pragma once

#include <hms_compaction_types.h>

#include "skep/compaction_types.h"

/* A request as a compaction to be. Transfer full. */
CatalogCompaction *thrift_decode_compaction_request(const HmsCompactionRequest *request,
                                                    GError **error);
/* What a worker says about its compaction. Transfer full. */
CatalogCompaction *thrift_decode_compaction(const HmsCompactionInfoStruct *info, GError **error);
HmsCompactionInfoStruct *thrift_encode_compaction(const CatalogCompaction *compaction);
HmsShowCompactResponseElement *thrift_encode_compaction_shown(const CatalogCompaction *compaction);
/* Hive's word for a state, as show_compact has it. */
const char *thrift_encode_compaction_state(CatalogCompactionState state);
/* The state of a word or of Hive's letter; 0: none. */
CatalogCompactionState thrift_decode_compaction_state(const char *word);
