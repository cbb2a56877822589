-- Routing between automation and people: policies that people change.

-- A changed policy is a new version; what was decided keeps its own.
GRANT INSERT ON policy_versions TO gateway;
