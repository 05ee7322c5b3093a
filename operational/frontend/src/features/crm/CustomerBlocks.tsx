import { ActionIcon, Skeleton, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ContractOut, CustomerOut } from "@/api";
import { problemText } from "@/components/notifyProblem";
import { formatDate, formatMoney, formatNumber } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import { Block } from "./Block";
import { ContactForm } from "./ContactForm";
import { Vip } from "./ContactsPage";
import classes from "./Crm.module.css";
import { contactsOf, contractsOf, sitesOf } from "./queries";
import { placeText } from "./words";

/** More of them are not asked for. */
const MOST = 200;

type ListProps<T> = {
  title: string;
  none: string;
  query: UseQueryOptions<T[], Error, T[], string[]>;
  action?: ReactNode;
  line: (record: T) => ReactNode;
};

/** A block of records, one a line. */
function ListBlock<T extends { id: string }>({ title, none, query, action, line }: ListProps<T>) {
  const { data: records, error } = useQuery(query);
  return (
    <Block
      title={title}
      count={records && `${formatNumber(records.length)}${records.length >= MOST ? "+" : ""}`}
      action={action}
    >
      {error && (
        <div role="alert" className={classes.none}>
          {problemText(error)}
        </div>
      )}
      {!records && !error && <Skeleton height={72} m={12} w="auto" animate={false} />}
      {records?.length === 0 && <div className={classes.none}>{none}</div>}
      {records && records.length > 0 && (
        <ul className={classes.lines}>
          {records.map((record) => (
            <li key={record.id}>{line(record)}</li>
          ))}
        </ul>
      )}
    </Block>
  );
}

/** The customer's people. */
export function ContactsBlock({ customer }: { customer: CustomerOut }) {
  const { t } = useTranslation();
  const mayWrite = useMay("crm.contact.write");
  const [isOpen, form] = useDisclosure(false);
  return (
    <>
      <ListBlock
        title={t("nav.contacts")}
        none={t("crm.noContacts")}
        query={contactsOf(customer.id)}
        action={
          mayWrite && (
            <Tooltip label={t("crm.newContact")}>
              <ActionIcon variant="default" onClick={form.open} aria-label={t("crm.newContact")}>
                <IconPlus size={16} />
              </ActionIcon>
            </Tooltip>
          )
        }
        line={(one) => (
          <Link to="/contacts/$contactId" params={{ contactId: one.id }} search={{}} className={classes.line}>
            <span className={classes.lineMain}>
              {one.name}
              {one.vip && <Vip />}
            </span>
            <span className={classes.lineSoft}>{one.role}</span>
          </Link>
        )}
      />
      <ContactForm customer={customer} opened={isOpen} onClose={form.close} />
    </>
  );
}

/** The customer's places. */
export function SitesBlock({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  return (
    <ListBlock
      title={t("crm.sites")}
      none={t("crm.noSites")}
      query={sitesOf(customerId)}
      line={(one) => (
        <div className={classes.line}>
          <span className={classes.lineMain}>{one.name}</span>
          <span className={classes.lineSoft}>{placeText(one) ?? t("unknown")}</span>
        </div>
      )}
    />
  );
}

/** What was agreed with the customer. */
export function ContractsBlock({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  return (
    <ListBlock
      title={t("crm.contracts")}
      none={t("crm.noContracts")}
      query={contractsOf(customerId)}
      line={(one) => (
        <div className={`${classes.line} ${classes.wrapping}`}>
          <span className={classes.lineMain} title={one.name}>
            {one.name}
            {hasEnded(one) && <span className={classes.tag}>{t("crm.ended")}</span>}
          </span>
          <span className={classes.lineSoft}>{t(`crm.contractKind.${one.kind}`, { defaultValue: one.kind })}</span>
          <span className={`${classes.lineSoft} tabular`} title={included(t, one)}>
            {fee(t, one)}
          </span>
          <span className={`${classes.lineSoft} tabular`}>
            {one.ends_on
              ? t("crm.fromTo", { from: day(one.starts_on), to: day(one.ends_on) })
              : t("crm.from", { from: day(one.starts_on) })}
          </span>
        </div>
      )}
    />
  );
}

type Translate = ReturnType<typeof useTranslation>["t"];
const day = (date: string) => formatDate(`${date}T12:00:00`);

function hasEnded({ ends_on }: ContractOut): boolean {
  return ends_on !== null && ends_on < new Date().toISOString().slice(0, 10);
}

function fee(t: Translate, { monthly_fee, currency }: ContractOut): string | null {
  if (monthly_fee === null) return null;
  return t("crm.perMonth", { fee: formatMoney(Number(monthly_fee), currency) });
}

function included(t: Translate, { included_minutes }: ContractOut): string | undefined {
  return included_minutes === null
    ? undefined
    : t("crm.includedHours", { hours: formatNumber(included_minutes / 60, included_minutes % 60 === 0 ? 0 : 1) });
}
