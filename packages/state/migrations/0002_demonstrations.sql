CREATE TABLE "demonstrations" (
	"workspace_id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"accounts" integer NOT NULL,
	"months" integer NOT NULL,
	"seed" bigint NOT NULL,
	"ends_on" date NOT NULL,
	CONSTRAINT "demonstrations_state" CHECK (state IN ('loading', 'ready'))
);
--> statement-breakpoint
ALTER TABLE "demonstrations" ADD CONSTRAINT "demonstrations_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;