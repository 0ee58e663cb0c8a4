CREATE TABLE "secrets" (
	"scope" text NOT NULL,
	"name" text NOT NULL,
	"key_id" text NOT NULL,
	"sealed" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "secrets_scope_name_pk" PRIMARY KEY("scope","name")
);
