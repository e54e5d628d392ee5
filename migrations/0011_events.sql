-- events: nothing yet.
SELECT;
