CREATE TABLE "task_comments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"task_id" uuid NOT NULL,
	"text" text NOT NULL,
	"made_by" text,
	"made_at" timestamp with time zone NOT NULL,
	CONSTRAINT "task_comments_text" CHECK (text <> '')
);
--> statement-breakpoint
ALTER TABLE "tasks" ALTER COLUMN "lamp_key" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "cancelled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "made_by" text;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "closed_by" text;--> statement-breakpoint
ALTER TABLE "task_comments" ADD CONSTRAINT "task_comments_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "task_comments_of_task" ON "task_comments" USING btree ("task_id","made_at");--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_done_at" CHECK ((state = 'done') = (done_at IS NOT NULL));--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_cancelled_at" CHECK (cancelled_at IS NULL OR state = 'cancelled');--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_closed_by" CHECK (closed_by IS NULL OR state IN ('done', 'cancelled'));