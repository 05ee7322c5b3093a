import { CloseButton, SegmentedControl, Skeleton, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, type ExplanationOut } from "@/api";
import { keysText } from "@/commands/catalogue";
import { useCommand } from "@/commands/registry";
import { problemText } from "@/components/notifyProblem";
import { PORTAL_ROLE } from "@/features/admin/roles/names";
import { formatNumber } from "@/i18n/format";
import { byModule, countShown, ofShown, SHOWN, type Shown, withText } from "./group";
import { PermissionRow } from "./PermissionRow";
import classes from "./Permissions.module.css";
import { Reach } from "./Reach";
import { moduleName, permissionText, roleName } from "./words";

type Props = { query: UseQueryOptions<ExplanationOut, Error, ExplanationOut, string[]> };

/** Every permission of a person: whether they hold it, how far it reaches and where it comes from, or who has it. */
export function PermissionList({ query }: Props) {
  const { t } = useTranslation();
  const { data: found, error } = useQuery(query);
  if (error && !found) {
    const isInactive = error instanceof ApiProblem && error.status === 404;
    return <Text role="alert">{isInactive ? t("admin.rights.inactive") : problemText(error)}</Text>;
  }
  if (!found) {
    return (
      <div role="status" aria-busy className={classes.list}>
        <Skeleton height={32} w={280} animate={false} />
        <Skeleton height={240} animate={false} />
        <Skeleton height={160} animate={false} />
      </div>
    );
  }
  return <Found explanation={found} />;
}

function Found({ explanation }: { explanation: ExplanationOut }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const { items, roles } = explanation;
  const isPortal = roles.includes(PORTAL_ROLE);
  const [shown, setShown] = useState<Shown>(isPortal ? "held" : "all");
  const fitting = withText(items, text, (name) => permissionText(t, name));
  const groups = byModule(ofShown(fitting, shown));
  return (
    <div className={classes.list}>
      <dl className={classes.facts}>
        <dt>{t("admin.roles")}</dt>
        <dd>{roles.map((role) => roleName(t, role)).join(", ") || t("admin.rights.noRoles")}</dd>
        <dt>{t("admin.customers")}</dt>
        <dd>
          <Reach only={explanation.customers_only} never={explanation.customers_never} />
        </dd>
      </dl>
      <div className={classes.filters}>
        <Search text={text} onText={setText} />
        <Choice shown={shown} onShown={setShown} counts={countShown(fitting)} />
      </div>
      {groups.length === 0 && (
        <Text c="dimmed" role="status">
          {t(text ? "admin.rights.nothingFound" : `admin.rights.none_${shown}`, { text })}
        </Text>
      )}
      {groups.map((group) => (
        <section key={group.module} aria-label={moduleName(t, group.module)}>
          <h2 className={classes.groupTitle}>{moduleName(t, group.module)}</h2>
          <ul className={classes.rows}>
            {group.items.map((item) => (
              <PermissionRow key={item.name} item={item} isPortal={isPortal} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Search({ text, onText }: { text: string; onText: (text: string) => void }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  useCommand("list.filter", () => field.current?.focus());
  useCommand("list.clearFilters", () => onText(""), text === "");
  return (
    <TextInput
      ref={field}
      size="xs"
      role="searchbox"
      className={classes.search}
      leftSection={<IconSearch size={14} stroke={1.5} />}
      aria-label={t("admin.rights.search")}
      placeholder={`${t("admin.rights.search")} (${keysText("list.filter")})`}
      value={text}
      rightSection={text && <CloseButton size="xs" aria-label={t("queue.clearText")} onClick={() => onText("")} />}
      onKeyDown={(event) => event.key === "Escape" && field.current?.blur()}
      onChange={(event) => onText(event.currentTarget.value)}
    />
  );
}

type ChoiceProps = { shown: Shown; onShown: (shown: Shown) => void; counts: Record<Shown, number> };

function Choice({ shown, onShown, counts }: ChoiceProps) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("admin.rights.filter")}
      value={shown}
      onChange={(next) => onShown(next as Shown)}
      data={SHOWN.map((value) => ({
        value,
        label: `${t(`admin.rights.show_${value}`)} (${formatNumber(counts[value])})`,
      }))}
    />
  );
}
