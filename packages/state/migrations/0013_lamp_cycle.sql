CREATE TABLE "lamp_escalations" (
	"episode_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"on_date" date NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"business_days" integer NOT NULL,
	"recipients" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lamp_silences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"account_id" text NOT NULL,
	"lamp_key" text NOT NULL,
	"reason" text NOT NULL,
	"silenced_by" text,
	"silenced_at" timestamp with time zone NOT NULL,
	"until" date,
	"withdrawn_at" timestamp with time zone,
	"withdrawn_by" text,
	CONSTRAINT "lamp_silences_reason" CHECK (reason <> ''),
	CONSTRAINT "lamp_silences_in_order" CHECK (withdrawn_at >= silenced_at)
);
--> statement-breakpoint
ALTER TABLE "lamp_states" ADD COLUMN "snooze_condition" jsonb;--> statement-breakpoint
ALTER TABLE "lamp_escalations" ADD CONSTRAINT "lamp_escalations_episode_id_lamp_episodes_id_fk" FOREIGN KEY ("episode_id") REFERENCES "public"."lamp_episodes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lamp_silences" ADD CONSTRAINT "lamp_silences_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "lamp_silences_account" ON "lamp_silences" USING btree ("workspace_id","account_id","silenced_at");--> statement-breakpoint
ALTER TABLE "lamp_states" ADD CONSTRAINT "lamp_states_snooze_condition" CHECK (state = 'snoozed' OR snooze_condition IS NULL);