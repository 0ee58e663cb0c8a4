INSERT INTO "evidence_checks" ("workspace_id", "subject", "key", "version", "outcome", "checked_at", "found")
SELECT "workspace_id", 'metric', "metric", "metric_version", "outcome", "checked_at", "found" FROM "goal_verifications";--> statement-breakpoint
DROP TABLE "goal_verifications" CASCADE;
