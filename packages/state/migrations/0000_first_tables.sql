CREATE TABLE "imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"state" text NOT NULL,
	"dry_run" boolean NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"files" jsonb NOT NULL,
	"summary" jsonb,
	"error" jsonb,
	CONSTRAINT "imports_state" CHECK (state IN ('running', 'done', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "lamp_definitions" (
	"workspace_id" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "lamp_definitions_workspace_id_key_version_pk" PRIMARY KEY("workspace_id","key","version"),
	CONSTRAINT "lamp_definitions_version_positive" CHECK (version > 0)
);
--> statement-breakpoint
CREATE TABLE "lamp_episodes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"account_id" text NOT NULL,
	"lamp_key" text NOT NULL,
	"lamp_version" integer NOT NULL,
	"lit_on" date NOT NULL,
	"cleared_on" date,
	"cleared_by" text,
	"why" jsonb NOT NULL,
	CONSTRAINT "lamp_episodes_one_lighting_a_day" UNIQUE("workspace_id","account_id","lamp_key","lit_on"),
	CONSTRAINT "lamp_episodes_cleared_by" CHECK (cleared_by IN ('data', 'retired')),
	CONSTRAINT "lamp_episodes_cleared_whole" CHECK ((cleared_on IS NULL) = (cleared_by IS NULL)),
	CONSTRAINT "lamp_episodes_in_order" CHECK (cleared_on >= lit_on)
);
--> statement-breakpoint
CREATE TABLE "lamp_evaluations" (
	"workspace_id" text NOT NULL,
	"lamp_key" text NOT NULL,
	"lamp_version" integer NOT NULL,
	"evaluated_through" date NOT NULL,
	CONSTRAINT "lamp_evaluations_workspace_id_lamp_key_pk" PRIMARY KEY("workspace_id","lamp_key")
);
--> statement-breakpoint
CREATE TABLE "lamp_states" (
	"workspace_id" text NOT NULL,
	"account_id" text NOT NULL,
	"lamp_key" text NOT NULL,
	"state" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"episode_id" uuid,
	"lamp_version" integer NOT NULL,
	"condition_since" date,
	"clear_since" date,
	"snoozed_until" date,
	"snooze_reason" text,
	"why" jsonb,
	CONSTRAINT "lamp_states_workspace_id_account_id_lamp_key_pk" PRIMARY KEY("workspace_id","account_id","lamp_key"),
	CONSTRAINT "lamp_states_state" CHECK (state IN ('off', 'lit', 'acting', 'snoozed')),
	CONSTRAINT "lamp_states_episode_while_lit" CHECK ((state = 'off') = (episode_id IS NULL)),
	CONSTRAINT "lamp_states_snoozed_until" CHECK ((state = 'snoozed') = (snoozed_until IS NOT NULL))
);
--> statement-breakpoint
CREATE TABLE "lamp_transitions" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"account_id" text NOT NULL,
	"lamp_key" text NOT NULL,
	"lamp_version" integer NOT NULL,
	"episode_id" uuid NOT NULL,
	"on_date" date NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"from_state" text NOT NULL,
	"to_state" text NOT NULL,
	"cause" text NOT NULL,
	"reason" text,
	"actor" text,
	"why" jsonb,
	CONSTRAINT "lamp_transitions_from_state" CHECK (from_state IN ('off', 'lit', 'acting', 'snoozed')),
	CONSTRAINT "lamp_transitions_to_state" CHECK (to_state IN ('off', 'lit', 'acting', 'snoozed')),
	CONSTRAINT "lamp_transitions_cause" CHECK (cause IN ('data', 'person'))
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"account_id" text NOT NULL,
	"lamp_key" text NOT NULL,
	"episode_id" uuid,
	"title" jsonb NOT NULL,
	"body" jsonb NOT NULL,
	"owner" text,
	"due_on" date NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"done_at" timestamp with time zone,
	"note" text,
	CONSTRAINT "tasks_episode_id_unique" UNIQUE("episode_id"),
	CONSTRAINT "tasks_state" CHECK (state IN ('open', 'started', 'done', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"settings" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lamp_definitions" ADD CONSTRAINT "lamp_definitions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lamp_episodes" ADD CONSTRAINT "lamp_episodes_definition" FOREIGN KEY ("workspace_id","lamp_key","lamp_version") REFERENCES "public"."lamp_definitions"("workspace_id","key","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lamp_evaluations" ADD CONSTRAINT "lamp_evaluations_definition" FOREIGN KEY ("workspace_id","lamp_key","lamp_version") REFERENCES "public"."lamp_definitions"("workspace_id","key","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lamp_states" ADD CONSTRAINT "lamp_states_episode_id_lamp_episodes_id_fk" FOREIGN KEY ("episode_id") REFERENCES "public"."lamp_episodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lamp_states" ADD CONSTRAINT "lamp_states_definition" FOREIGN KEY ("workspace_id","lamp_key","lamp_version") REFERENCES "public"."lamp_definitions"("workspace_id","key","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lamp_transitions" ADD CONSTRAINT "lamp_transitions_episode_id_lamp_episodes_id_fk" FOREIGN KEY ("episode_id") REFERENCES "public"."lamp_episodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lamp_transitions" ADD CONSTRAINT "lamp_transitions_definition" FOREIGN KEY ("workspace_id","lamp_key","lamp_version") REFERENCES "public"."lamp_definitions"("workspace_id","key","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_episode_id_lamp_episodes_id_fk" FOREIGN KEY ("episode_id") REFERENCES "public"."lamp_episodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "imports_by_start" ON "imports" USING btree ("workspace_id","started_at");--> statement-breakpoint
CREATE INDEX "lamp_states_lit" ON "lamp_states" USING btree ("workspace_id","lamp_key") WHERE state <> 'off';--> statement-breakpoint
CREATE INDEX "lamp_transitions_account" ON "lamp_transitions" USING btree ("workspace_id","account_id","id");--> statement-breakpoint
CREATE INDEX "lamp_transitions_lamp" ON "lamp_transitions" USING btree ("workspace_id","lamp_key","on_date");--> statement-breakpoint
CREATE INDEX "tasks_account" ON "tasks" USING btree ("workspace_id","account_id");--> statement-breakpoint
CREATE INDEX "tasks_to_do" ON "tasks" USING btree ("workspace_id","due_on") WHERE state IN ('open', 'started');