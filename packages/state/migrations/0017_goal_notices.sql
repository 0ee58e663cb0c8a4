CREATE TABLE "goal_notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"goal_key" text NOT NULL,
	"goal_version" integer NOT NULL,
	"left_on" date NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"told" jsonb NOT NULL,
	"says" jsonb NOT NULL,
	"ended_on" date,
	"ending" text,
	CONSTRAINT "goal_notices_ending" CHECK (ending IN ('returned', 'over', 'retired')),
	CONSTRAINT "goal_notices_ended_whole" CHECK ((ended_on IS NULL) = (ending IS NULL))
);
--> statement-breakpoint
ALTER TABLE "goal_notices" ADD CONSTRAINT "goal_notices_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "goal_notices_of_workspace" ON "goal_notices" USING btree ("workspace_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "goal_notices_one_open" ON "goal_notices" USING btree ("workspace_id","goal_key") WHERE ended_on IS NULL;