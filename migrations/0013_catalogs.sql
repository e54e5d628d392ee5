-- catalogs: nothing yet.
SELECT;
