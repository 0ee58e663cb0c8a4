CREATE TABLE "custom_metrics" (
	"workspace_id" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"yaml" text NOT NULL,
	"definition" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "custom_metrics_workspace_id_key_version_pk" PRIMARY KEY("workspace_id","key","version"),
	CONSTRAINT "custom_metrics_version_positive" CHECK (version > 0)
);
--> statement-breakpoint
CREATE TABLE "retired_metrics" (
	"workspace_id" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"retired_at" timestamp with time zone NOT NULL,
	CONSTRAINT "retired_metrics_workspace_id_key_version_pk" PRIMARY KEY("workspace_id","key","version")
);
--> statement-breakpoint
ALTER TABLE "custom_metrics" ADD CONSTRAINT "custom_metrics_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retired_metrics" ADD CONSTRAINT "retired_metrics_definition" FOREIGN KEY ("workspace_id","key","version") REFERENCES "public"."custom_metrics"("workspace_id","key","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE TRIGGER custom_metrics_never_change
  BEFORE UPDATE OR DELETE ON "custom_metrics"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER custom_metrics_never_emptied
  BEFORE TRUNCATE ON "custom_metrics"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
