-- Holds, restrictions and what has been reduced, beside the records that they
-- are about, so that the transaction that would delete one sees them.

-- Records that must stay: what a hold or a restriction of the control database
-- reaches.  k1 to k4 are the record's key as it stands in the record; '' where
-- the key has fewer columns.
CREATE TABLE lethe_suspension (
  collection TEXT NOT NULL,
  cluster TEXT NOT NULL,
  k1 NOT NULL DEFAULT '',
  k2 NOT NULL DEFAULT '',
  k3 NOT NULL DEFAULT '',
  k4 NOT NULL DEFAULT '',
  suspension TEXT NOT NULL,     -- its id in the control database
  kind TEXT NOT NULL CHECK (kind IN ('hold', 'restriction')),
  PRIMARY KEY (collection, cluster, k1, k2, k3, k4, suspension)
) WITHOUT ROWID;
CREATE INDEX lethe_suspension_id ON lethe_suspension (suspension);

-- Clusters that are suspended whole, whatever they hold.
CREATE TABLE lethe_suspended_cluster (
  collection TEXT NOT NULL,
  cluster TEXT NOT NULL,
  suspension TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('hold', 'restriction')),
  PRIMARY KEY (collection, cluster, suspension)
) WITHOUT ROWID;

-- Records that are still there and no longer hold what a cluster governs: its
-- fields were de-identified, or emptied because the record itself must stay.
CREATE TABLE lethe_reduced (
  collection TEXT NOT NULL,
  cluster TEXT NOT NULL,
  k1 NOT NULL DEFAULT '',
  k2 NOT NULL DEFAULT '',
  k3 NOT NULL DEFAULT '',
  k4 NOT NULL DEFAULT '',
  at INTEGER NOT NULL,          -- Unix seconds
  PRIMARY KEY (collection, cluster, k1, k2, k3, k4)
) WITHOUT ROWID;
