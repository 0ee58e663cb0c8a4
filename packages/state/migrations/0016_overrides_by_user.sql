-- Who set or took back a score by hand was kept by name; now it is the user's id, as with lamps. Where exactly one
-- member of the workspace goes by that name it is theirs; otherwise it is not known any more. The audit log, which is
-- never changed, tells of it in either case.
UPDATE health_overrides AS override
SET
  set_by = CASE WHEN named.count = 1 THEN named.id END
FROM (
  SELECT override.id AS override_id, count(users.id) AS count, min(users.id) AS id
  FROM health_overrides AS override
  LEFT JOIN members ON members.workspace_id = override.workspace_id
  LEFT JOIN users ON users.id = members.user_id AND users.name = override.set_by
  WHERE override.set_by IS NOT NULL
  GROUP BY override.id
) AS named
WHERE named.override_id = override.id;
--> statement-breakpoint
UPDATE health_overrides AS override
SET
  withdrawn_by = CASE WHEN named.count = 1 THEN named.id END
FROM (
  SELECT override.id AS override_id, count(users.id) AS count, min(users.id) AS id
  FROM health_overrides AS override
  LEFT JOIN members ON members.workspace_id = override.workspace_id
  LEFT JOIN users ON users.id = members.user_id AND users.name = override.withdrawn_by
  WHERE override.withdrawn_by IS NOT NULL
  GROUP BY override.id
) AS named
WHERE named.override_id = override.id;
