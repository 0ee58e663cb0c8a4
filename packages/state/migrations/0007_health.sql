CREATE TABLE "health_overrides" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"account_id" text NOT NULL,
	"score_hundredths" integer NOT NULL,
	"reason" text NOT NULL,
	"set_by" text,
	"set_at" timestamp with time zone NOT NULL,
	"ends_on" date NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"withdrawn_at" timestamp with time zone,
	"withdrawn_by" text,
	CONSTRAINT "health_overrides_score" CHECK (score_hundredths BETWEEN 0 AND 10000),
	CONSTRAINT "health_overrides_reason" CHECK (reason <> ''),
	CONSTRAINT "health_overrides_in_order" CHECK (ends_at > set_at AND withdrawn_at >= set_at)
);
--> statement-breakpoint
CREATE TABLE "scorecards" (
	"workspace_id" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"yaml" text NOT NULL,
	"definition" jsonb NOT NULL,
	"retired" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "scorecards_workspace_id_key_version_pk" PRIMARY KEY("workspace_id","key","version"),
	CONSTRAINT "scorecards_version_positive" CHECK (version > 0)
);
--> statement-breakpoint
ALTER TABLE "health_overrides" ADD CONSTRAINT "health_overrides_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scorecards" ADD CONSTRAINT "scorecards_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "health_overrides_account" ON "health_overrides" USING btree ("workspace_id","account_id","set_at");--> statement-breakpoint
CREATE TRIGGER scorecards_never_change
  BEFORE UPDATE OR DELETE ON "scorecards"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER scorecards_never_emptied
  BEFORE TRUNCATE ON "scorecards"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
