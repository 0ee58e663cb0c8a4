CREATE TABLE "lamp_retirements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"lamp_key" text NOT NULL,
	"reason" text NOT NULL,
	"retired_by" text,
	"retired_at" timestamp with time zone NOT NULL,
	"restored_at" timestamp with time zone,
	"restored_by" text,
	CONSTRAINT "lamp_retirements_reason" CHECK (reason <> ''),
	CONSTRAINT "lamp_retirements_in_order" CHECK (restored_at >= retired_at)
);
--> statement-breakpoint
ALTER TABLE "lamp_retirements" ADD CONSTRAINT "lamp_retirements_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "lamp_retirements_one_open" ON "lamp_retirements" USING btree ("workspace_id","lamp_key") WHERE restored_at IS NULL;