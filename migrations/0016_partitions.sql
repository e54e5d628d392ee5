-- partitions: nothing yet.
SELECT;
