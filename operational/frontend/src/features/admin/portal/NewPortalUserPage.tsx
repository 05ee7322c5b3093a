import { Alert, Button, Group, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, authCreatePortalUser, type ContactOut, data, type PortalUserIn } from "@/api";
import { useCommand } from "@/commands/registry";
import { AsyncSelect } from "@/components/AsyncSelect";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import { useOnce } from "@/components/useOnce";
import crm from "@/features/crm/Crm.module.css";
import { contactQuery } from "@/features/crm/queries";
import { RecordHead } from "@/features/crm/RecordHead";
import classes from "../Admin.module.css";
import { userQuery } from "../queries";
import { CustomerChoice } from "./CustomerChoice";
import { contactsLike, portalUserOf } from "./queries";

/** Lets a contact of customers into the portal: who, under which address, and for whom. */
export function NewPortalUserPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { contact: contactId } = useSearch({ from: "/inside/portal-users/new" });
  const { data: contact, error } = useQuery({ ...contactQuery(contactId ?? ""), enabled: contactId !== undefined });
  const back = () => void navigate({ to: "/portal-users", search: ({ text, access }) => ({ text, access }) });
  useCommand("page.back", back);
  const choose = (id: string | null) =>
    navigate({ to: ".", search: ({ text, access }) => ({ text, access, contact: id ?? undefined }), replace: true });
  return (
    <article className={crm.record} aria-label={t("commands.go.newPortalUser")}>
      <RecordHead name={t("commands.go.newPortalUser")} onBack={back}>
        <p className={classes.lead}>{t("portal.newHelp")}</p>
      </RecordHead>
      <div className={classes.form}>
        <AsyncSelect
          label={t("portal.contact")}
          description={t("portal.contactHelp")}
          required
          value={contactId ?? null}
          name={contact?.name}
          search={contactsLike}
          hint={(one) => one.email}
          error={error ? problemText(error) : undefined}
          onChange={choose}
        />
        {contact && <Invite key={contact.id} contact={contact} onBack={back} />}
        {!contactId && (
          <Group gap="sm">
            <Button variant="default" onClick={back}>
              {t("cancel")}
            </Button>
          </Group>
        )}
      </div>
    </article>
  );
}

/** What an invitation says, once it is known whom it is for. */
function Invite({ contact, onBack }: { contact: ContactOut; onBack: () => void }) {
  const { t } = useTranslation();
  const { data: known } = useQuery(portalUserOf(contact.id));
  const [email, setEmail] = useState(contact.email ?? "");
  const [customers, setCustomers] = useState(contact.customer_ids);
  const [isAsked, setAsked] = useState(false);
  const create = useCreate();
  const errors = fieldErrors(create.error);
  if (known) {
    return (
      <Alert color="info" variant="light" p="sm">
        {t("portal.known", { name: contact.name })}{" "}
        <Link to="/portal-users/$portalUserId" params={{ portalUserId: known.id }} search={{}} className={crm.link}>
          {t("portal.toAccount")}
        </Link>
      </Alert>
    );
  }
  const said = create.error && (errors.contact_id || Object.keys(errors).length === 0);
  return (
    <form
      noValidate
      className={classes.part}
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (!email.trim() || customers.length === 0) return;
        create.mutate({ contact_id: contact.id, email: email.trim(), customer_ids: customers });
      }}
    >
      <TextInput
        label={t("crm.field.email")}
        description={t("portal.emailHelp")}
        required
        type="email"
        autoComplete="off"
        maxLength={254}
        value={email}
        error={isAsked && !email.trim() ? t("account.missing") : errors.email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <CustomerChoice
        offered={contact.customer_ids}
        value={customers}
        onChange={setCustomers}
        error={isAsked && customers.length === 0 ? t("portal.noCustomer") : errors.customer_ids}
      />
      {said && (
        <Alert color="bad" variant="light" role="alert">
          {errors.contact_id ?? problemText(create.error)}
        </Alert>
      )}
      <Group gap="sm">
        <Button type="submit" loading={create.isPending}>
          {t("portal.invite")}
        </Button>
        <Button variant="default" onClick={onBack}>
          {t("cancel")}
        </Button>
      </Group>
    </form>
  );
}

function useCreate() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: PortalUserIn) => data(authCreatePortalUser({ body, headers: once(body), throwOnError: true })),
    onSuccess: (saved) => {
      client.setQueryData(userQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["portal-users"] });
      void client.invalidateQueries({ queryKey: ["mail"] });
      notifications.show({ message: t("admin.staff.invited", { email: saved.email }) });
      void navigate({ to: "/portal-users/$portalUserId", params: { portalUserId: saved.id }, search: {} });
    },
    onError: (error) => {
      if (error instanceof ApiProblem && error.code === "contact_known") {
        void client.invalidateQueries({ queryKey: ["portal-users"] });
      }
    },
  });
}
