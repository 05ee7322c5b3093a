import { ActionIcon, Alert, Button, Text, Textarea, TextInput } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "@/commands/registry";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import { PageMessage } from "@/components/PageStates";
import { useMay } from "@/session/useSession";
import { CustomerFields } from "./CustomerFields";
import { DeskFields } from "./DeskFields";
import classes from "./NewTicket.module.css";
import { bodyOf, useNewTicket } from "./useNewTicket";

/** A ticket being opened. */
export function NewTicketPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayCreate = useMay("tickets.ticket.create");
  const back = () => navigate({ to: "/tickets", search: (search) => search });
  useCommand("page.back", back);
  if (!mayCreate) {
    return (
      <PageMessage title={t("problem.title")} text={t("problem.forbidden")}>
        <Button onClick={back}>{t("ticket.back")}</Button>
      </PageMessage>
    );
  }
  return <NewTicket onBack={back} />;
}

function NewTicket({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  const { customer_id = null, contact_id = null } = useSearch({ from: "/inside/tickets" });
  const { values, change, forget, isKept, create } = useNewTicket({ customer_id, contact_id });
  const [wasKept] = useState(isKept);
  const [isAsked, setAsked] = useState(false);
  const told = fieldErrors(create.error);
  const missing = t("ticket.new.missing");
  const errors: Partial<Record<string, string>> = {
    ...told,
    ...(isAsked && values.customer_id === null && { customer_id: missing }),
    ...(isAsked && values.subject.trim() === "" && { subject: missing }),
  };
  const submit = () => {
    setAsked(true);
    const body = bodyOf(values);
    if (body && !create.isPending) create.mutate(body);
  };
  const fields = { values, errors, change };
  return (
    <section className={classes.page} aria-label={t("commands.app.newTicket")}>
      <header className={classes.head}>
        <ActionIcon variant="subtle" c="var(--psa-ink)" onClick={onBack} aria-label={t("ticket.back")}>
          <IconArrowLeft size={18} stroke={1.5} />
        </ActionIcon>
        <h1 className={classes.title}>{t("commands.app.newTicket")}</h1>
        {wasKept && isKept && (
          <Text className={classes.kept}>
            {t("ticket.new.kept")}
            <Button variant="subtle" size="compact-xs" onClick={forget}>
              {t("ticket.new.forget")}
            </Button>
          </Text>
        )}
      </header>
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          if (event.key === "Escape" && !event.defaultPrevented) (event.target as HTMLElement).blur();
        }}
      >
        <div className={classes.columns}>
          <div className={classes.main}>
            <CustomerFields {...fields} />
            <TextInput
              label={t("ticket.subject")}
              required
              maxLength={300}
              value={values.subject}
              error={errors.subject}
              onChange={(event) => change({ subject: event.currentTarget.value })}
            />
            <Textarea
              label={t("ticket.new.description")}
              rows={8}
              classNames={{ input: classes.description }}
              maxLength={100_000}
              value={values.description}
              error={errors.description}
              onChange={(event) => change({ description: event.currentTarget.value })}
            />
          </div>
          <div className={classes.side}>
            <DeskFields {...fields} />
          </div>
        </div>
        {create.error && Object.keys(told).length === 0 && (
          <Alert color="bad" variant="light" role="alert">
            {problemText(create.error)} {t("ticket.textKept")}
          </Alert>
        )}
        <div className={classes.actions}>
          <Button type="submit" loading={create.isPending}>
            {t("ticket.new.open")}
          </Button>
          <Text className={classes.hint}>{t("ticket.new.keys")}</Text>
        </div>
      </form>
    </section>
  );
}
