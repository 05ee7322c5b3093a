import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authSetUserCustomers, type CustomersIn, type UserDetail } from "@/api";
import { AsyncMultiSelect } from "@/components/AsyncMultiSelect";
import { fieldErrors } from "@/components/fieldErrors";
import { Block } from "@/features/crm/Block";
import { customerNames, customersLike } from "@/features/crm/queries";
import { RecordForm } from "@/features/crm/RecordForm";
import { Reach } from "@/features/permissions/Reach";
import { useMay } from "@/session/useSession";
import classes from "../Admin.module.css";
import { useUserChange } from "./useUserChange";

/** The customers a person has to do with. */
export function CustomersBlock({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const [isOpen, form] = useDisclosure(false);
  const { customers_only: only, customers_never: never } = user;
  const isPortal = user.kind === "portal";
  const mayPick = useMay("crm.customer.read");
  return (
    <Block
      title={t("admin.customers")}
      action={
        !isPortal &&
        mayPick && (
          <Button size="compact-sm" variant="default" onClick={form.open} aria-label={t("admin.staff.editCustomers")}>
            {t("admin.change")}
          </Button>
        )
      }
    >
      <div className={classes.inside}>
        {isPortal ? t("admin.staff.portalCustomers") : <Reach only={only.length > 0 ? only : null} never={never} />}
      </div>
      {isOpen && <CustomersForm user={user} onClose={form.close} />}
    </Block>
  );
}

function CustomersForm({ user, onClose }: { user: UserDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const [only, setOnly] = useState(user.customers_only);
  const [never, setNever] = useState(user.customers_never);
  const names = useQuery(customerNames).data;
  const save = useUserChange<CustomersIn>(
    user,
    (body, path, headers) => authSetUserCustomers({ path, headers, body, throwOnError: true }),
    onClose,
  );
  const errors = fieldErrors(save.error);
  const isBoth = only.some((id) => never.includes(id));
  return (
    <RecordForm
      title={t("admin.staff.customersOf", { name: user.name })}
      opened
      onClose={onClose}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => !isBoth && save.mutate({ only, never })}
    >
      <p className={classes.help}>{t("admin.staff.customersHelp")}</p>
      <AsyncMultiSelect
        label={t("admin.staff.only")}
        description={t("admin.staff.onlyHelp")}
        placeholder={only.length === 0 ? t("admin.staff.onlyNone") : undefined}
        value={only}
        without={never}
        onChange={setOnly}
        names={names}
        search={customersLike}
        error={errors.only}
      />
      <AsyncMultiSelect
        label={t("admin.staff.never")}
        description={t("admin.staff.neverHelp")}
        placeholder={never.length === 0 ? t("admin.staff.neverNone") : undefined}
        value={never}
        without={only}
        onChange={setNever}
        names={names}
        search={customersLike}
        error={isBoth ? t("admin.problem.both_only_and_never") : errors.never}
      />
      {only.length + never.length > 0 && <p className={classes.help}>{t("admin.staff.confinedHelp")}</p>}
    </RecordForm>
  );
}
