-- Equality and ranges on a first partition key that holds numbers (year, id): without this a filter on one reads every
-- partition of the table (5 s for a million). About 8 bytes for each partition whose first value is a number, none for
-- others. Only the expression that the store's predicate writes finds it. Locks: writers of partitions, for about 10 s for
-- each million rows.
CREATE INDEX partitions_first_number_idx ON skep.partitions (
    table_id,
    (CASE WHEN key_values[1] ~ '^-?[0-9]{1,18}$'
               OR (key_values[1] ~ '^-?[0-9]{19}$'
                   AND (ltrim(key_values[1], '-') <= '9223372036854775807' OR key_values[1] = '-9223372036854775808'))
          THEN key_values[1]::bigint END)
) WHERE (CASE WHEN key_values[1] ~ '^-?[0-9]{1,18}$'
                   OR (key_values[1] ~ '^-?[0-9]{19}$'
                       AND (ltrim(key_values[1], '-') <= '9223372036854775807' OR key_values[1] = '-9223372036854775808'))
              THEN key_values[1]::bigint END) IS NOT NULL;
