-- Filters on the second and the third partition key, as the indexes of 0003 and 0006 serve the first: texts and days by
-- the value, numbers by the number. Values that many partitions share are kept once, so that each index costs 7 to 9 bytes
-- for a partition; one that has no such key or no number there is not in it. With them a partition takes 286 bytes (three
-- keys of numbers, measured with 300,000). Filters on later keys read all partitions that other conditions leave.
-- Locks: writers of partitions, for about 15 s for each million rows.
CREATE INDEX partitions_second_value_idx ON skep.partitions (table_id, (key_values[2])) WHERE key_values[2] IS NOT NULL;
CREATE INDEX partitions_third_value_idx ON skep.partitions (table_id, (key_values[3])) WHERE key_values[3] IS NOT NULL;
-- Only the expression that the store's predicate writes finds these two.
CREATE INDEX partitions_second_number_idx ON skep.partitions (
    table_id,
    (CASE WHEN key_values[2] ~ '^-?[0-9]{1,18}$'
               OR (key_values[2] ~ '^-?[0-9]{19}$'
                   AND (ltrim(key_values[2], '-') <= '9223372036854775807' OR key_values[2] = '-9223372036854775808'))
          THEN key_values[2]::bigint END)
) WHERE (CASE WHEN key_values[2] ~ '^-?[0-9]{1,18}$'
                   OR (key_values[2] ~ '^-?[0-9]{19}$'
                       AND (ltrim(key_values[2], '-') <= '9223372036854775807' OR key_values[2] = '-9223372036854775808'))
              THEN key_values[2]::bigint END) IS NOT NULL;
CREATE INDEX partitions_third_number_idx ON skep.partitions (
    table_id,
    (CASE WHEN key_values[3] ~ '^-?[0-9]{1,18}$'
               OR (key_values[3] ~ '^-?[0-9]{19}$'
                   AND (ltrim(key_values[3], '-') <= '9223372036854775807' OR key_values[3] = '-9223372036854775808'))
          THEN key_values[3]::bigint END)
) WHERE (CASE WHEN key_values[3] ~ '^-?[0-9]{1,18}$'
                   OR (key_values[3] ~ '^-?[0-9]{19}$'
                       AND (ltrim(key_values[3], '-') <= '9223372036854775807' OR key_values[3] = '-9223372036854775808'))
              THEN key_values[3]::bigint END) IS NOT NULL;
