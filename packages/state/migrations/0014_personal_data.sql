CREATE TABLE "audit_rewritten" (
	"seq" bigint NOT NULL,
	"erased_in" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_rewritten_seq_erased_in_pk" PRIMARY KEY("seq","erased_in")
);
--> statement-breakpoint
CREATE TABLE "erased_ids" (
	"workspace_id" text NOT NULL,
	"hash" text NOT NULL,
	"erasure_id" uuid NOT NULL,
	CONSTRAINT "erased_ids_workspace_id_hash_pk" PRIMARY KEY("workspace_id","hash")
);
--> statement-breakpoint
CREATE TABLE "erasure_salts" (
	"workspace_id" text PRIMARY KEY NOT NULL,
	"salt" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "erasures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"state" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"asked_by" text NOT NULL,
	"done_at" timestamp with time zone,
	"plan" jsonb,
	"receipt" jsonb,
	CONSTRAINT "erasures_state" CHECK (state IN ('running', 'done')),
	CONSTRAINT "erasures_plan_goes" CHECK ((state = 'running') = (plan IS NOT NULL)),
	CONSTRAINT "erasures_receipt_comes" CHECK ((state = 'done') = (receipt IS NOT NULL))
);
--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "salt" text;--> statement-breakpoint
ALTER TABLE "erased_ids" ADD CONSTRAINT "erased_ids_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erased_ids" ADD CONSTRAINT "erased_ids_erasure_id_erasures_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erasure_salts" ADD CONSTRAINT "erasure_salts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "erasures_of_workspace" ON "erasures" USING btree ("workspace_id","asked_at");--> statement-breakpoint
-- Where a person is erased, and only in that transaction, they are taken out of what otherwise never changes.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('tomoshibi.erasing', true) = 'on' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% rows are never changed or deleted: add a new version', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('tomoshibi.erasing', true) = 'on' THEN
    -- What chains the entries, and what happened when, stays even then.
    IF (NEW.seq, NEW.workspace_id, NEW.at, NEW.actor_kind, NEW.action, NEW.outcome, NEW.previous_hash, NEW.hash)
      IS NOT DISTINCT FROM
      (OLD.seq, OLD.workspace_id, OLD.at, OLD.actor_kind, OLD.action, OLD.outcome, OLD.previous_hash, OLD.hash)
      AND NEW.code IS NOT DISTINCT FROM OLD.code AND NEW.salt IS NULL
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'entries of the audit log are never changed or deleted'
    USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE FUNCTION refuse_rewritten_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what is noted of erased entries is never changed or deleted'
    USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER audit_rewritten_never_changes
  BEFORE UPDATE OR DELETE ON "audit_rewritten"
  FOR EACH ROW EXECUTE FUNCTION refuse_rewritten_change();
--> statement-breakpoint
CREATE TRIGGER audit_rewritten_never_emptied
  BEFORE TRUNCATE ON "audit_rewritten"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewritten_change();
