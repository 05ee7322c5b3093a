import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ErasureOut } from "@/api";
import { currentLanguage } from "@/i18n";
import { formatDate, formatNumber } from "@/i18n/format";
import classes from "./PersonData.module.css";

/** What an erasure does to each table, and why something stays. */
export function ErasureReport({ report }: { report: ErasureOut }) {
  const { t } = useTranslation();
  const isGerman = currentLanguage() === "de";
  return (
    <>
      <div className={classes.scroll}>
        <Table aria-label={t("personData.report")} className={classes.report}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("personData.data")}</Table.Th>
              <Table.Th className={classes.number}>{t("personData.gone")}</Table.Th>
              <Table.Th className={classes.number}>{t("personData.replaced")}</Table.Th>
              <Table.Th className={classes.number}>{t("personData.kept")}</Table.Th>
              <Table.Th>{t("personData.why")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.lines.map((line) => (
              <Table.Tr key={line.table}>
                <Table.Th scope="row">
                  {isGerman ? line.title_de : line.title_en}
                  <span className={classes.table}>{line.table}</span>
                </Table.Th>
                <Table.Td className={classes.number}>{formatNumber(line.erased)}</Table.Td>
                <Table.Td className={classes.number}>{formatNumber(line.replaced)}</Table.Td>
                <Table.Td className={classes.number}>{formatNumber(line.kept)}</Table.Td>
                <Table.Td>
                  {isGerman ? line.why_de : line.why_en}
                  {line.until && (
                    <span className={classes.table}>{t("personData.until", { day: formatDate(line.until) })}</span>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <ul className={classes.notes}>
        <li>{t("personData.pseudonym", { pseudonym: report.pseudonym })}</li>
        {report.shared > 0 && <li>{t("personData.shared", { count: report.shared })}</li>}
        {report.documents.length > 0 && (
          <li>
            {t("personData.documents", { count: report.documents.length })} {report.documents.join(", ")}
          </li>
        )}
        <li>{t("personData.later")}</li>
      </ul>
    </>
  );
}
