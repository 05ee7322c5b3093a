import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CustomerOut } from "@/api";
import { formatNumber } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import classes from "./Crm.module.css";
import { CustomerForm } from "./CustomerForm";
import { customersQuery } from "./queries";
import { type Column, RecordsPage } from "./RecordsPage";
import { useCrmLive } from "./useCrmLive";
import { placeText, sectorName } from "./words";

/** All customers. */
export function CustomersPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { text } = useSearch({ from: "/inside/customers" });
  const { customerId } = useParams({ strict: false });
  const list = useInfiniteQuery(customersQuery(text));
  const mayWrite = useMay("crm.customer.write");
  const [isFormOpen, form] = useDisclosure(false);
  useCrmLive();
  const open = (id: string) =>
    navigate({ to: "/customers/$customerId", params: { customerId: id }, search: (search) => search });
  const former = (customer: CustomerOut) =>
    isFormer(customer) && <span className={classes.tag}>{t("crm.former")}</span>;
  const columns: Array<Column<CustomerOut>> = [
    {
      id: "name",
      name: t("crm.field.name"),
      width: "minmax(220px, 2fr)",
      cell: (one) => (
        <>
          <Link
            to="/customers/$customerId"
            params={{ customerId: one.id }}
            search={(search) => search}
            tabIndex={-1}
            className={classes.name}
          >
            {one.name}
          </Link>
          {former(one)}
        </>
      ),
    },
    {
      id: "place",
      name: t("crm.field.place"),
      width: "minmax(120px, 1fr)",
      cell: (one) => placeText(one) ?? t("unknown"),
    },
    {
      id: "sector",
      name: t("crm.field.sector"),
      width: "minmax(100px, 1fr)",
      cell: (one) => (one.sector ? sectorName(t, one.sector) : t("unknown")),
    },
    {
      id: "seats",
      name: t("crm.field.seats"),
      width: "110px",
      isNumber: true,
      cell: (one) => <span className="tabular">{one.seats === null ? t("unknown") : formatNumber(one.seats)}</span>,
    },
  ];
  return (
    <>
      <RecordsPage
        title={t("nav.customers")}
        columns={columns}
        list={list}
        text={text}
        onText={(next) => navigate({ to: ".", search: next ? { text: next } : {}, replace: true })}
        empty={{ title: t("crm.noCustomers"), help: t("crm.noCustomersHelp") }}
        openId={customerId}
        onOpen={(one) => open(one.id)}
        action={
          mayWrite && (
            <Button size="compact-md" variant="default" leftSection={<IconPlus size={16} />} onClick={form.open}>
              {t("crm.newCustomer")}
            </Button>
          )
        }
        tall={(one) => (
          <>
            <span className={classes.tallLine}>
              <span className={classes.name}>{one.name}</span>
              {former(one)}
            </span>
            <span className={classes.faint}>
              {[placeText(one), one.sector && sectorName(t, one.sector)].filter(Boolean).join(" · ") || t("unknown")}
            </span>
          </>
        )}
      />
      <CustomerForm opened={isFormOpen} onClose={form.close} onSaved={(saved) => open(saved.id)} />
    </>
  );
}

/** Whether the relationship has ended. */
export function isFormer(customer: CustomerOut): boolean {
  return customer.until !== null && customer.until < new Date().toISOString().slice(0, 10);
}
