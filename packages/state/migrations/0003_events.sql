CREATE TABLE "event_progress" (
	"id" text PRIMARY KEY NOT NULL,
	"next_record" bigint NOT NULL,
	CONSTRAINT "event_progress_one" CHECK (id = 'journal')
);
--> statement-breakpoint
CREATE TABLE "person_accounts" (
	"workspace_id" text NOT NULL,
	"person" text NOT NULL,
	"account_id" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	CONSTRAINT "person_accounts_workspace_id_person_since_pk" PRIMARY KEY("workspace_id","person","since")
);
--> statement-breakpoint
CREATE TABLE "person_links" (
	"workspace_id" text NOT NULL,
	"person" text NOT NULL,
	"is_person" text NOT NULL,
	CONSTRAINT "person_links_workspace_id_person_pk" PRIMARY KEY("workspace_id","person")
);
--> statement-breakpoint
CREATE TABLE "write_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"hint" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "write_keys_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
ALTER TABLE "write_keys" ADD CONSTRAINT "write_keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "person_links_by_target" ON "person_links" USING btree ("workspace_id","is_person");--> statement-breakpoint
CREATE INDEX "write_keys_by_workspace" ON "write_keys" USING btree ("workspace_id","created_at");