-- transactions: nothing yet.
SELECT;
