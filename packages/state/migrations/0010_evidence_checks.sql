CREATE TABLE "evidence_checks" (
	"workspace_id" text NOT NULL,
	"subject" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"outcome" text NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	"found" jsonb NOT NULL,
	CONSTRAINT "evidence_checks_workspace_id_subject_key_outcome_checked_at_pk" PRIMARY KEY("workspace_id","subject","key","outcome","checked_at"),
	CONSTRAINT "evidence_checks_subject" CHECK (subject IN ('metric', 'lamp'))
);
--> statement-breakpoint
ALTER TABLE "evidence_checks" ADD CONSTRAINT "evidence_checks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;