-- registry: nothing yet.
SELECT;
