-- workload: nothing yet.
SELECT;
