import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Ticket.module.css";

type Props = { subject: string; mayChange: boolean; onChange: (subject: string) => void };

/** The subject; a click turns it into a field, Enter or leaving keeps it, Esc does not. */
export function Subject({ subject, mayChange, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const isOpen = typed !== null;
  useEffect(() => {
    if (isOpen) input.current?.select();
  }, [isOpen]);
  const keep = () => {
    const wanted = typed?.replaceAll(/\s+/g, " ").trim();
    if (wanted && wanted !== subject) onChange(wanted);
    setTyped(null);
  };
  if (!mayChange) return <h1 className={classes.subject}>{subject}</h1>;
  return (
    <h1 className={classes.subject}>
      {typed === null ? (
        <button
          type="button"
          className={classes.subjectButton}
          title={t("ticket.changeSubject")}
          onClick={() => setTyped(subject)}
        >
          {subject}
        </button>
      ) : (
        <textarea
          ref={input}
          className={classes.subjectInput}
          value={typed}
          rows={1}
          maxLength={300}
          aria-label={t("ticket.subject")}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              event.preventDefault();
              keep();
            }
            if (event.key === "Escape") setTyped(null);
          }}
        />
      )}
    </h1>
  );
}
