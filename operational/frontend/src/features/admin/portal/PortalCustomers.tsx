import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authSetPortalUserCustomers, type PortalUserCustomersIn, type UserDetail } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { Block } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { contactQuery } from "@/features/crm/queries";
import { RecordForm } from "@/features/crm/RecordForm";
import { formatNumber } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import classes from "../Admin.module.css";
import { useUserChange } from "../staff/useUserChange";
import { CustomerChoice, useCustomerNames } from "./CustomerChoice";

/** The customers a portal user may switch between. */
export function PortalCustomers({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const [isOpen, form] = useDisclosure(false);
  const mayPick = useMay("crm.contact.read");
  const { portal_customers: ids } = user;
  const names = useCustomerNames(ids);
  return (
    <Block
      title={t("portal.customers")}
      count={formatNumber(ids.length)}
      action={
        mayPick && (
          <Button size="compact-sm" variant="default" onClick={form.open} aria-label={t("admin.staff.editCustomers")}>
            {t("admin.change")}
          </Button>
        )
      }
    >
      <ul className={crm.lines}>
        {ids.map((id, index) => (
          <li key={id} className={crm.line}>
            <Link to="/customers/$customerId" params={{ customerId: id }} search={{}} className={crm.link}>
              {names(id)}
            </Link>
            {index === 0 && ids.length > 1 && <span className={classes.soft}>{t("portal.beginsHere")}</span>}
          </li>
        ))}
      </ul>
      {isOpen && <CustomersForm user={user} onClose={form.close} />}
    </Block>
  );
}

function CustomersForm({ user, onClose }: { user: UserDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const contact = useQuery(contactQuery(user.contact_id ?? "")).data;
  const [chosen, setChosen] = useState(user.portal_customers);
  const [isAsked, setAsked] = useState(false);
  const save = useUserChange<PortalUserCustomersIn>(
    user,
    (body, path, headers) => authSetPortalUserCustomers({ path, headers, body, throwOnError: true }),
    onClose,
  );
  // whom the contact has left since may stay or go
  const offered = [...new Set([...(contact?.customer_ids ?? []), ...user.portal_customers])];
  return (
    <RecordForm
      title={t("admin.staff.customersOf", { name: user.name })}
      opened
      onClose={onClose}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => {
        setAsked(true);
        if (chosen.length > 0) save.mutate({ customer_ids: chosen });
      }}
    >
      <CustomerChoice
        offered={offered}
        value={chosen}
        onChange={setChosen}
        error={isAsked && chosen.length === 0 ? t("portal.noCustomer") : fieldErrors(save.error).customer_ids}
      />
      <p className={classes.help}>{t("portal.otherCustomers")}</p>
    </RecordForm>
  );
}
