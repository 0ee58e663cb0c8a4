CREATE TABLE "playbook_definitions" (
	"workspace_id" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "playbook_definitions_workspace_id_key_version_pk" PRIMARY KEY("workspace_id","key","version"),
	CONSTRAINT "playbook_definitions_version_positive" CHECK (version > 0)
);
--> statement-breakpoint
CREATE TABLE "playbook_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"playbook_key" text NOT NULL,
	"playbook_version" integer NOT NULL,
	"account_id" text NOT NULL,
	"episode_id" uuid,
	"state" text NOT NULL,
	"step_id" text,
	"waiting_since" timestamp with time zone,
	"next_at" timestamp with time zone,
	"begun_at" timestamp with time zone NOT NULL,
	"begun_by" text,
	"ended_at" timestamp with time zone,
	"ending" text,
	"problem" jsonb,
	CONSTRAINT "playbook_runs_one_for_a_lighting" UNIQUE("workspace_id","playbook_key","episode_id"),
	CONSTRAINT "playbook_runs_state" CHECK (state IN ('running', 'paused', 'failed', 'done', 'stopped', 'cancelled', 'held_out', 'skipped')),
	CONSTRAINT "playbook_runs_ending" CHECK (ending IN ('finished', 'exit', 'lamp_cleared', 'account_gone', 'person', 'hold_out', 'limit', 'open_run')),
	CONSTRAINT "playbook_runs_ended_whole" CHECK ((state IN ('running', 'paused', 'failed')) = (ended_at IS NULL) AND (ended_at IS NULL) = (ending IS NULL)),
	CONSTRAINT "playbook_runs_next_at" CHECK (state <> 'running' OR next_at IS NOT NULL),
	CONSTRAINT "playbook_runs_problem" CHECK ((state = 'failed') = (problem IS NOT NULL))
);
--> statement-breakpoint
CREATE TABLE "playbook_steps" (
	"run_id" uuid NOT NULL,
	"step_id" text NOT NULL,
	"workspace_id" text NOT NULL,
	"place" integer NOT NULL,
	"outcome" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"task_id" uuid,
	"mail_id" uuid,
	CONSTRAINT "playbook_steps_run_id_step_id_pk" PRIMARY KEY("run_id","step_id"),
	CONSTRAINT "playbook_steps_places" UNIQUE("run_id","place")
);
--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "run_id" uuid;--> statement-breakpoint
ALTER TABLE "playbook_definitions" ADD CONSTRAINT "playbook_definitions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playbook_runs" ADD CONSTRAINT "playbook_runs_definition" FOREIGN KEY ("workspace_id","playbook_key","playbook_version") REFERENCES "public"."playbook_definitions"("workspace_id","key","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playbook_steps" ADD CONSTRAINT "playbook_steps_run_id_playbook_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."playbook_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "playbook_runs_one_open" ON "playbook_runs" USING btree ("workspace_id","playbook_key","account_id") WHERE state IN ('running', 'paused', 'failed');--> statement-breakpoint
CREATE INDEX "playbook_runs_due" ON "playbook_runs" USING btree ("next_at") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "playbook_runs_account" ON "playbook_runs" USING btree ("workspace_id","account_id");--> statement-breakpoint
CREATE INDEX "playbook_runs_by_time" ON "playbook_runs" USING btree ("workspace_id","begun_at");--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_run_id_playbook_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."playbook_runs"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- A run stays on the version with which it began.
CREATE TRIGGER playbook_definitions_never_change
  BEFORE UPDATE OR DELETE ON "playbook_definitions"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER playbook_definitions_never_emptied
  BEFORE TRUNCATE ON "playbook_definitions"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
