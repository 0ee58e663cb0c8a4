-- A definition that was used must explain what it did for ever: an edit makes a new version.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows are never changed or deleted: add a new version', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER lamp_definitions_never_change
  BEFORE UPDATE OR DELETE ON "lamp_definitions"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER lamp_definitions_never_emptied
  BEFORE TRUNCATE ON "lamp_definitions"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
