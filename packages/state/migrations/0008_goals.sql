CREATE TABLE "goal_verifications" (
	"workspace_id" text NOT NULL,
	"metric" text NOT NULL,
	"metric_version" integer NOT NULL,
	"outcome" text NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	"found" jsonb NOT NULL,
	CONSTRAINT "goal_verifications_workspace_id_metric_outcome_checked_at_pk" PRIMARY KEY("workspace_id","metric","outcome","checked_at")
);
--> statement-breakpoint
CREATE TABLE "goals" (
	"workspace_id" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"yaml" text NOT NULL,
	"definition" jsonb NOT NULL,
	"retired" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "goals_workspace_id_key_version_pk" PRIMARY KEY("workspace_id","key","version"),
	CONSTRAINT "goals_version_positive" CHECK (version > 0)
);
--> statement-breakpoint
ALTER TABLE "goal_verifications" ADD CONSTRAINT "goal_verifications_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "goals" ADD CONSTRAINT "goals_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE TRIGGER goals_never_change
  BEFORE UPDATE OR DELETE ON "goals"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER goals_never_emptied
  BEFORE TRUNCATE ON "goals"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
