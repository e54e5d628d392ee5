/* SPDX-License-Identifier: Apache-2.0 */
/* Which function serves which method: the one list to extend when a method is added. Every handler
 * is declared here by its line in the list; what a handler does is said in dispatch.h. Caller:
 * door.c, at start. */
#pragma once

#include "dispatch.h"

/* SERVED(wire name, handler), by file and then in the order of the IDL. */
#define THRIFT_SERVED(SERVED)                                                                      \
    /* fb303.c */                                                                                  \
    SERVED(getName, thrift_get_name)                                                               \
    SERVED(getVersion, thrift_get_version)                                                         \
    SERVED(getStatus, thrift_get_status)                                                           \
    SERVED(getStatusDetails, thrift_get_status_details)                                            \
    SERVED(aliveSince, thrift_alive_since)                                                         \
    SERVED(getCounters, thrift_get_counters)                                                       \
    SERVED(getCounter, thrift_get_counter)                                                         \
    SERVED(setOption, thrift_set_option)                                                           \
    SERVED(getOption, thrift_get_option)                                                           \
    SERVED(getOptions, thrift_get_options)                                                         \
    SERVED(getCpuProfile, thrift_get_cpu_profile)                                                  \
    SERVED(reinitialize, thrift_reinitialize)                                                      \
    SERVED(shutdown, thrift_shutdown)                                                              \
    /* session.c */                                                                                \
    SERVED(set_ugi, thrift_set_ugi)                                                                \
    SERVED(get_metastore_db_uuid, thrift_get_metastore_db_uuid)                                    \
    SERVED(flushCache, thrift_flush_cache)                                                         \
    /* configuration.c */                                                                          \
    SERVED(get_config_value, thrift_get_config_value)                                              \
    SERVED(getMetaConf, thrift_get_meta_conf)                                                      \
    SERVED(setMetaConf, thrift_set_meta_conf)                                                      \
    /* catalog.c */                                                                                \
    SERVED(get_catalog, thrift_get_catalog)                                                        \
    SERVED(get_catalogs, thrift_get_catalogs)                                                      \
    SERVED(create_catalog, thrift_create_catalog)                                                  \
    SERVED(alter_catalog, thrift_alter_catalog)                                                    \
    SERVED(drop_catalog, thrift_drop_catalog)                                                      \
    /* database.c */                                                                               \
    SERVED(create_database, thrift_create_database)                                                \
    SERVED(create_database_req, thrift_create_database_req)                                        \
    SERVED(get_database, thrift_get_database)                                                      \
    SERVED(get_database_req, thrift_get_database_req)                                              \
    SERVED(get_databases, thrift_get_databases)                                                    \
    SERVED(get_all_databases, thrift_get_all_databases)                                            \
    SERVED(get_databases_req, thrift_get_databases_req)                                            \
    SERVED(alter_database, thrift_alter_database)                                                  \
    SERVED(alter_database_req, thrift_alter_database_req)                                          \
    SERVED(drop_database, thrift_drop_database)                                                    \
    SERVED(drop_database_req, thrift_drop_database_req)                                            \
    /* table.c */                                                                                  \
    SERVED(create_table, thrift_create_table)                                                      \
    SERVED(create_table_with_environment_context, thrift_create_table_with_environment_context)    \
    SERVED(create_table_with_constraints, thrift_create_table_with_constraints)                    \
    SERVED(create_table_req, thrift_create_table_req)                                              \
    SERVED(translate_table_dryrun, thrift_translate_table_dryrun)                                  \
    SERVED(get_table, thrift_get_table)                                                            \
    SERVED(get_table_req, thrift_get_table_req)                                                    \
    SERVED(get_table_objects_by_name, thrift_get_table_objects_by_name)                            \
    SERVED(get_table_objects_by_name_req, thrift_get_table_objects_by_name_req)                    \
    SERVED(drop_table, thrift_drop_table)                                                          \
    SERVED(drop_table_with_environment_context, thrift_drop_table_with_environment_context)        \
    SERVED(drop_table_req, thrift_drop_table_req)                                                  \
    SERVED(get_fields, thrift_get_fields)                                                          \
    SERVED(get_fields_with_environment_context, thrift_get_fields_with_environment_context)        \
    SERVED(get_fields_req, thrift_get_fields_req)                                                  \
    SERVED(get_schema, thrift_get_schema)                                                          \
    SERVED(get_schema_with_environment_context, thrift_get_schema_with_environment_context)        \
    SERVED(get_schema_req, thrift_get_schema_req)                                                  \
    /* table_alter.c */                                                                            \
    SERVED(alter_table, thrift_alter_table)                                                        \
    SERVED(alter_table_with_cascade, thrift_alter_table_with_cascade)                              \
    SERVED(alter_table_with_environment_context, thrift_alter_table_with_environment_context)      \
    SERVED(alter_table_req, thrift_alter_table_req)                                                \
    /* table_truncate.c */                                                                         \
    SERVED(truncate_table, thrift_truncate_table)                                                  \
    SERVED(truncate_table_req, thrift_truncate_table_req)                                          \
    /* table_listing.c */                                                                          \
    SERVED(get_all_tables, thrift_get_all_tables)                                                  \
    SERVED(get_tables, thrift_get_tables)                                                          \
    SERVED(get_tables_by_type, thrift_get_tables_by_type)                                          \
    SERVED(get_table_meta, thrift_get_table_meta)                                                  \
    SERVED(get_table_names_by_filter, thrift_get_table_names_by_filter)                            \
    SERVED(get_tables_ext, thrift_get_tables_ext)                                                  \
    SERVED(update_creation_metadata, thrift_update_creation_metadata)                              \
    SERVED(get_materialization_invalidation_info, thrift_get_materialization_invalidation_info)    \
    SERVED(update_transaction_statistics, thrift_update_transaction_statistics)                    \
    SERVED(get_materialized_views_for_rewriting, thrift_get_materialized_views_for_rewriting)      \
    SERVED(get_all_materialized_view_objects_for_rewriting,                                        \
           thrift_get_all_materialized_view_objects_for_rewriting)                                 \
    /* partition.c */                                                                              \
    SERVED(add_partition, thrift_add_partition)                                                    \
    SERVED(add_partition_with_environment_context, thrift_add_partition_with_environment_context)  \
    SERVED(add_partitions, thrift_add_partitions)                                                  \
    SERVED(add_partitions_pspec, thrift_add_partitions_pspec)                                      \
    SERVED(add_partitions_req, thrift_add_partitions_req)                                          \
    SERVED(append_partition, thrift_append_partition)                                              \
    SERVED(append_partition_with_environment_context,                                              \
           thrift_append_partition_with_environment_context)                                       \
    SERVED(append_partition_by_name, thrift_append_partition_by_name)                              \
    SERVED(append_partition_by_name_with_environment_context,                                      \
           thrift_append_partition_by_name_with_environment_context)                               \
    SERVED(append_partition_req, thrift_append_partition_req)                                      \
    /* partition_alter.c */                                                                        \
    SERVED(alter_partition, thrift_alter_partition)                                                \
    SERVED(alter_partition_with_environment_context,                                               \
           thrift_alter_partition_with_environment_context)                                        \
    SERVED(alter_partitions, thrift_alter_partitions)                                              \
    SERVED(alter_partitions_with_environment_context,                                              \
           thrift_alter_partitions_with_environment_context)                                       \
    SERVED(alter_partitions_req, thrift_alter_partitions_req)                                      \
    SERVED(rename_partition, thrift_rename_partition)                                              \
    SERVED(rename_partition_req, thrift_rename_partition_req)                                      \
    SERVED(exchange_partition, thrift_exchange_partition)                                          \
    SERVED(exchange_partitions, thrift_exchange_partitions)                                        \
    /* partition_drop.c */                                                                         \
    SERVED(drop_partition, thrift_drop_partition)                                                  \
    SERVED(drop_partition_with_environment_context,                                                \
           thrift_drop_partition_with_environment_context)                                         \
    SERVED(drop_partition_by_name, thrift_drop_partition_by_name)                                  \
    SERVED(drop_partition_by_name_with_environment_context,                                        \
           thrift_drop_partition_by_name_with_environment_context)                                 \
    SERVED(drop_partition_req, thrift_drop_partition_req)                                          \
    SERVED(drop_partitions_req, thrift_drop_partitions_req)                                        \
    /* partition_name.c */                                                                         \
    SERVED(partition_name_to_vals, thrift_partition_name_to_vals)                                  \
    SERVED(partition_name_to_spec, thrift_partition_name_to_spec)                                  \
    SERVED(partition_name_has_valid_characters, thrift_partition_name_has_valid_characters)        \
    /* partition_listing.c */                                                                      \
    SERVED(get_partition, thrift_get_partition)                                                    \
    SERVED(get_partition_req, thrift_get_partition_req)                                            \
    SERVED(get_partition_with_auth, thrift_get_partition_with_auth)                                \
    SERVED(get_partition_by_name, thrift_get_partition_by_name)                                    \
    SERVED(get_partitions, thrift_get_partitions)                                                  \
    SERVED(get_partitions_with_auth, thrift_get_partitions_with_auth)                              \
    SERVED(get_partitions_req, thrift_get_partitions_req)                                          \
    SERVED(get_partitions_pspec, thrift_get_partitions_pspec)                                      \
    SERVED(get_partition_names, thrift_get_partition_names)                                        \
    SERVED(fetch_partition_names_req, thrift_fetch_partition_names_req)                            \
    SERVED(get_partition_names_req, thrift_get_partition_names_req)                                \
    SERVED(get_partitions_by_names, thrift_get_partitions_by_names)                                \
    SERVED(get_partitions_by_names_req, thrift_get_partitions_by_names_req)                        \
    SERVED(get_partitions_ps, thrift_get_partitions_ps)                                            \
    SERVED(get_partitions_ps_with_auth, thrift_get_partitions_ps_with_auth)                        \
    SERVED(get_partitions_ps_with_auth_req, thrift_get_partitions_ps_with_auth_req)                \
    SERVED(get_partition_names_ps, thrift_get_partition_names_ps)                                  \
    SERVED(get_partition_names_ps_req, thrift_get_partition_names_ps_req)                          \
    SERVED(get_partitions_by_filter, thrift_get_partitions_by_filter)                              \
    SERVED(get_partitions_by_filter_req, thrift_get_partitions_by_filter_req)                      \
    SERVED(get_part_specs_by_filter, thrift_get_part_specs_by_filter)                              \
    SERVED(get_num_partitions_by_filter, thrift_get_num_partitions_by_filter)                      \
    SERVED(get_partitions_with_specs, thrift_get_partitions_with_specs)                            \
    SERVED(get_partition_values, thrift_get_partition_values)                                      \
    SERVED(get_partitions_by_expr, thrift_get_partitions_by_expr)                                  \
    SERVED(get_partitions_spec_by_expr, thrift_get_partitions_spec_by_expr)                        \
    /* lock.c */                                                                                   \
    SERVED(lock, thrift_lock)                                                                      \
    SERVED(check_lock, thrift_check_lock)                                                          \
    SERVED(unlock, thrift_unlock)                                                                  \
    SERVED(heartbeat, thrift_heartbeat)                                                            \
    SERVED(show_locks, thrift_show_locks)                                                          \
    /* transaction.c */                                                                            \
    SERVED(open_txns, thrift_open_txns)                                                            \
    SERVED(get_open_txns, thrift_get_open_txns)                                                    \
    SERVED(get_open_txns_req, thrift_get_open_txns_req)                                            \
    SERVED(get_open_txns_info, thrift_get_open_txns_info)                                          \
    SERVED(commit_txn, thrift_commit_txn)                                                          \
    SERVED(abort_txn, thrift_abort_txn)                                                            \
    SERVED(abort_txns, thrift_abort_txns)                                                          \
    SERVED(heartbeat_txn_range, thrift_heartbeat_txn_range)                                        \
    SERVED(add_dynamic_partitions, thrift_add_dynamic_partitions)                                  \
    SERVED(get_latest_txnid_in_conflict, thrift_get_latest_txnid_in_conflict)                      \
    SERVED(seed_txn_id, thrift_seed_txn_id)                                                        \
    SERVED(get_all_write_event_info, thrift_get_all_write_event_info)                              \
    SERVED(get_replayed_txns_for_policy, thrift_get_replayed_txns_for_policy)                      \
    SERVED(get_lock_materialization_rebuild, thrift_get_lock_materialization_rebuild)              \
    SERVED(heartbeat_lock_materialization_rebuild, thrift_heartbeat_lock_materialization_rebuild)  \
    /* write_id.c */                                                                               \
    SERVED(allocate_table_write_ids, thrift_allocate_table_write_ids)                              \
    SERVED(get_valid_write_ids, thrift_get_valid_write_ids)                                        \
    SERVED(get_max_allocated_table_write_id, thrift_get_max_allocated_table_write_id)              \
    SERVED(seed_write_id, thrift_seed_write_id)                                                    \
    SERVED(add_write_ids_to_min_history, thrift_add_write_ids_to_min_history)                      \
    SERVED(repl_tbl_writeid_state, thrift_repl_tbl_writeid_state)                                  \
    SERVED(add_write_notification_log, thrift_add_write_notification_log)                          \
    SERVED(add_write_notification_log_in_batch, thrift_add_write_notification_log_in_batch)        \
    /* compaction.c */                                                                             \
    SERVED(compact, thrift_compact)                                                                \
    SERVED(compact2, thrift_compact2)                                                              \
    SERVED(submit_for_cleanup, thrift_submit_for_cleanup)                                          \
    SERVED(show_compact, thrift_show_compact)                                                      \
    SERVED(get_latest_committed_compaction_info, thrift_get_latest_committed_compaction_info)      \
    SERVED(abort_Compactions, thrift_abort_compactions)                                            \
    SERVED(find_next_compact, thrift_find_next_compact)                                            \
    SERVED(find_next_compact2, thrift_find_next_compact2)                                          \
    SERVED(mark_compacted, thrift_mark_compacted)                                                  \
    SERVED(mark_cleaned, thrift_mark_cleaned)                                                      \
    SERVED(mark_failed, thrift_mark_failed)                                                        \
    SERVED(mark_refused, thrift_mark_refused)                                                      \
    SERVED(update_compactor_state, thrift_update_compactor_state)                                  \
    SERVED(set_hadoop_jobid, thrift_set_hadoop_jobid)                                              \
    SERVED(find_columns_with_stats, thrift_find_columns_with_stats)                                \
    SERVED(update_compaction_metrics_data, thrift_update_compaction_metrics_data)                  \
    SERVED(remove_compaction_metrics_data, thrift_remove_compaction_metrics_data)                  \
    /* function.c */                                                                               \
    SERVED(create_function, thrift_create_function)                                                \
    SERVED(get_function, thrift_get_function)                                                      \
    SERVED(get_functions, thrift_get_functions)                                                    \
    SERVED(get_functions_req, thrift_get_functions_req)                                            \
    SERVED(get_all_functions, thrift_get_all_functions)                                            \
    SERVED(alter_function, thrift_alter_function)                                                  \
    SERVED(drop_function, thrift_drop_function)                                                    \
    /* statistics.c */                                                                             \
    SERVED(update_table_column_statistics, thrift_update_table_column_statistics)                  \
    SERVED(update_table_column_statistics_req, thrift_update_table_column_statistics_req)          \
    SERVED(update_partition_column_statistics, thrift_update_partition_column_statistics)          \
    SERVED(update_partition_column_statistics_req, thrift_update_partition_column_statistics_req)  \
    SERVED(set_aggr_stats_for, thrift_set_aggr_stats_for)                                          \
    SERVED(get_table_column_statistics, thrift_get_table_column_statistics)                        \
    SERVED(get_partition_column_statistics, thrift_get_partition_column_statistics)                \
    SERVED(get_table_statistics_req, thrift_get_table_statistics_req)                              \
    SERVED(get_partitions_statistics_req, thrift_get_partitions_statistics_req)                    \
    SERVED(get_aggr_stats_for, thrift_get_aggr_stats_for)                                          \
    SERVED(delete_table_column_statistics, thrift_delete_table_column_statistics)                  \
    SERVED(delete_partition_column_statistics, thrift_delete_partition_column_statistics)          \
    SERVED(delete_column_statistics_req, thrift_delete_column_statistics_req)                      \
    /* role.c */                                                                                   \
    SERVED(create_role, thrift_create_role)                                                        \
    SERVED(drop_role, thrift_drop_role)                                                            \
    SERVED(get_role_names, thrift_get_role_names)                                                  \
    SERVED(grant_role, thrift_grant_role)                                                          \
    SERVED(revoke_role, thrift_revoke_role)                                                        \
    SERVED(grant_revoke_role, thrift_grant_revoke_role)                                            \
    SERVED(list_roles, thrift_list_roles)                                                          \
    SERVED(get_principals_in_role, thrift_get_principals_in_role)                                  \
    SERVED(get_role_grants_for_principal, thrift_get_role_grants_for_principal)                    \
    /* privilege.c */                                                                              \
    SERVED(get_privilege_set, thrift_get_privilege_set)                                            \
    SERVED(list_privileges, thrift_list_privileges)                                                \
    SERVED(grant_privileges, thrift_grant_privileges)                                              \
    SERVED(revoke_privileges, thrift_revoke_privileges)                                            \
    SERVED(grant_revoke_privileges, thrift_grant_revoke_privileges)                                \
    SERVED(refresh_privileges, thrift_refresh_privileges)                                          \
    /* constraint.c */                                                                             \
    SERVED(add_primary_key, thrift_add_primary_key)                                                \
    SERVED(add_foreign_key, thrift_add_foreign_key)                                                \
    SERVED(add_unique_constraint, thrift_add_unique_constraint)                                    \
    SERVED(add_not_null_constraint, thrift_add_not_null_constraint)                                \
    SERVED(add_default_constraint, thrift_add_default_constraint)                                  \
    SERVED(add_check_constraint, thrift_add_check_constraint)                                      \
    SERVED(get_primary_keys, thrift_get_primary_keys)                                              \
    SERVED(get_foreign_keys, thrift_get_foreign_keys)                                              \
    SERVED(get_unique_constraints, thrift_get_unique_constraints)                                  \
    SERVED(get_not_null_constraints, thrift_get_not_null_constraints)                              \
    SERVED(get_default_constraints, thrift_get_default_constraints)                                \
    SERVED(get_check_constraints, thrift_get_check_constraints)                                    \
    SERVED(get_all_table_constraints, thrift_get_all_table_constraints)                            \
    SERVED(drop_constraint, thrift_drop_constraint)                                                \
    /* notification.c */                                                                           \
    SERVED(get_current_notificationEventId, thrift_get_current_notification_event_id)              \
    SERVED(get_next_notification, thrift_get_next_notification)                                    \
    SERVED(get_notification_events_count, thrift_get_notification_events_count)                    \
    SERVED(fire_listener_event, thrift_fire_listener_event)                                        \
    /* type.c */                                                                                   \
    SERVED(create_type, thrift_create_type)                                                        \
    SERVED(get_type, thrift_get_type)                                                              \
    SERVED(get_type_all, thrift_get_type_all)                                                      \
    SERVED(drop_type, thrift_drop_type)                                                            \
    /* token.c */                                                                                  \
    SERVED(get_delegation_token, thrift_get_delegation_token)                                      \
    SERVED(renew_delegation_token, thrift_renew_delegation_token)                                  \
    SERVED(cancel_delegation_token, thrift_cancel_delegation_token)                                \
    SERVED(add_token, thrift_add_token)                                                            \
    SERVED(get_token, thrift_get_token)                                                            \
    SERVED(remove_token, thrift_remove_token)                                                      \
    SERVED(get_all_token_identifiers, thrift_get_all_token_identifiers)                            \
    SERVED(add_master_key, thrift_add_master_key)                                                  \
    SERVED(update_master_key, thrift_update_master_key)                                            \
    SERVED(remove_master_key, thrift_remove_master_key)                                            \
    SERVED(get_master_keys, thrift_get_master_keys)                                                \
    /* partition_mark.c */                                                                         \
    SERVED(markPartitionForEvent, thrift_mark_partition_for_event)                                 \
    SERVED(isPartitionMarkedForEvent, thrift_is_partition_marked_for_event)                        \
    /* file_metadata.c */                                                                          \
    SERVED(get_file_metadata, thrift_get_file_metadata)                                            \
    SERVED(get_file_metadata_by_expr, thrift_get_file_metadata_by_expr)                            \
    SERVED(put_file_metadata, thrift_put_file_metadata)                                            \
    SERVED(clear_file_metadata, thrift_clear_file_metadata)                                        \
    SERVED(cache_file_metadata, thrift_cache_file_metadata)                                        \
    /* index.c */                                                                                  \
    SERVED(add_index, thrift_add_index)                                                            \
    SERVED(alter_index, thrift_alter_index)                                                        \
    SERVED(get_indexes, thrift_get_indexes)                                                        \
    SERVED(get_index_names, thrift_get_index_names)                                                \
    SERVED(get_index_by_name, thrift_get_index_by_name)                                            \
    SERVED(drop_index_by_name, thrift_drop_index_by_name)                                          \
    /* schema_registry.c */                                                                        \
    SERVED(create_ischema, thrift_create_ischema)                                                  \
    SERVED(get_ischema, thrift_get_ischema)                                                        \
    SERVED(alter_ischema, thrift_alter_ischema)                                                    \
    SERVED(drop_ischema, thrift_drop_ischema)                                                      \
    SERVED(add_schema_version, thrift_add_schema_version)                                          \
    SERVED(get_schema_version, thrift_get_schema_version)                                          \
    SERVED(get_schema_latest_version, thrift_get_schema_latest_version)                            \
    SERVED(get_schema_all_versions, thrift_get_schema_all_versions)                                \
    SERVED(get_schemas_by_cols, thrift_get_schemas_by_cols)                                        \
    SERVED(set_schema_version_state, thrift_set_schema_version_state)                              \
    SERVED(drop_schema_version, thrift_drop_schema_version)                                        \
    SERVED(add_serde, thrift_add_serde)                                                            \
    SERVED(get_serde, thrift_get_serde)                                                            \
    SERVED(map_schema_version_to_serde, thrift_map_schema_version_to_serde)                        \
    /* resource_plan.c */                                                                          \
    SERVED(get_active_resource_plan, thrift_get_active_resource_plan)                              \
    SERVED(get_all_resource_plans, thrift_get_all_resource_plans)                                  \
    SERVED(get_resource_plan, thrift_get_resource_plan)                                            \
    SERVED(create_resource_plan, thrift_create_resource_plan)                                      \
    SERVED(alter_resource_plan, thrift_alter_resource_plan)                                        \
    SERVED(validate_resource_plan, thrift_validate_resource_plan)                                  \
    SERVED(drop_resource_plan, thrift_drop_resource_plan)                                          \
    /* resource_plan_content.c */                                                                  \
    SERVED(create_wm_trigger, thrift_create_wm_trigger)                                            \
    SERVED(alter_wm_trigger, thrift_alter_wm_trigger)                                              \
    SERVED(drop_wm_trigger, thrift_drop_wm_trigger)                                                \
    SERVED(get_triggers_for_resourceplan, thrift_get_triggers_for_resourceplan)                    \
    SERVED(create_or_drop_wm_trigger_to_pool_mapping,                                              \
           thrift_create_or_drop_wm_trigger_to_pool_mapping)                                       \
    SERVED(create_wm_pool, thrift_create_wm_pool)                                                  \
    SERVED(alter_wm_pool, thrift_alter_wm_pool)                                                    \
    SERVED(drop_wm_pool, thrift_drop_wm_pool)                                                      \
    SERVED(create_or_update_wm_mapping, thrift_create_or_update_wm_mapping)                        \
    SERVED(drop_wm_mapping, thrift_drop_wm_mapping)                                                \
    /* data_connector.c */                                                                         \
    SERVED(create_dataconnector_req, thrift_create_dataconnector_req)                              \
    SERVED(get_dataconnector_req, thrift_get_dataconnector_req)                                    \
    SERVED(get_dataconnectors, thrift_get_dataconnectors)                                          \
    SERVED(alter_dataconnector_req, thrift_alter_dataconnector_req)                                \
    SERVED(drop_dataconnector_req, thrift_drop_dataconnector_req)                                  \
    SERVED(create_dataconnector, thrift_create_dataconnector)                                      \
    SERVED(alter_dataconnector, thrift_alter_dataconnector)                                        \
    SERVED(drop_dataconnector, thrift_drop_dataconnector)                                          \
    /* runtime_statistics.c */                                                                     \
    SERVED(add_runtime_stats, thrift_add_runtime_stats)                                            \
    SERVED(get_runtime_stats, thrift_get_runtime_stats)                                            \
    /* replication_metric.c */                                                                     \
    SERVED(add_replication_metrics, thrift_add_replication_metrics)                                \
    SERVED(get_replication_metrics, thrift_get_replication_metrics)                                \
    SERVED(cm_recycle, thrift_cm_recycle)                                                          \
    /* procedure.c */                                                                              \
    SERVED(create_stored_procedure, thrift_create_stored_procedure)                                \
    SERVED(get_stored_procedure, thrift_get_stored_procedure)                                      \
    SERVED(get_all_stored_procedures, thrift_get_all_stored_procedures)                            \
    SERVED(drop_stored_procedure, thrift_drop_stored_procedure)                                    \
    SERVED(add_package, thrift_add_package)                                                        \
    SERVED(find_package, thrift_find_package)                                                      \
    SERVED(get_all_packages, thrift_get_all_packages)                                              \
    SERVED(drop_package, thrift_drop_package)                                                      \
    /* scheduled_query.c */                                                                        \
    SERVED(get_scheduled_query, thrift_get_scheduled_query)                                        \
    SERVED(scheduled_query_maintenance, thrift_scheduled_query_maintenance)                        \
    SERVED(scheduled_query_poll, thrift_scheduled_query_poll)                                      \
    SERVED(scheduled_query_progress, thrift_scheduled_query_progress)

#define THRIFT_DECLARE_HANDLER(name, handler)                                                      \
    gboolean handler(ThriftCall *call, gpointer args, gpointer result, GError **error);

THRIFT_SERVED(THRIFT_DECLARE_HANDLER)

/* The list as an array. Static. */
const ThriftBinding *thrift_bindings(gsize *out_count);
