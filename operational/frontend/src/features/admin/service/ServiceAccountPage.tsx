import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiProblem, type UserDetail } from "@/api";
import { useCommand } from "@/commands/registry";
import { KeyList } from "@/features/account/keys/KeyList";
import { NewKey } from "@/features/account/keys/NewKey";
import { Block, Fact, Facts } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead, RecordMissing } from "@/features/crm/RecordHead";
import { userPermissionsQuery } from "@/features/permissions/queries";
import classes from "../Admin.module.css";
import { userQuery } from "../queries";
import { CustomersBlock } from "../staff/CustomersBlock";
import { RolesBlock } from "../staff/RolesBlock";
import { activeText } from "../staff/state";
import { UserActions } from "../staff/UserActions";

const MISSING = new ApiProblem(404, "not_found", "there is no such service account");

/** A program that acts for itself: its roles, and its keys. */
export function ServiceAccountPage() {
  const { accountId } = useParams({ from: "/inside/service-accounts/$accountId" });
  const navigate = useNavigate();
  const { data: account, error } = useQuery(userQuery(accountId));
  const back = () => void navigate({ to: "/service-accounts", search: (search) => search });
  useCommand("page.back", back);
  if (account?.kind !== "service") return <RecordMissing error={account ? MISSING : error} onBack={back} />;
  return <OneAccount key={account.id} account={account} onBack={back} />;
}

function OneAccount({ account, onBack }: { account: UserDetail; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <article className={crm.record} aria-label={account.name}>
      <RecordHead
        name={account.name}
        tag={!account.is_active && <span className={crm.tag}>{t("admin.staff.inactive")}</span>}
        onBack={onBack}
        actions={<UserActions user={account} />}
      >
        <p className={classes.lead}>{t("admin.service.help")}</p>
        <Facts>
          <Fact name={t("admin.staff.state")}>{activeText(t, account)}</Fact>
        </Facts>
      </RecordHead>
      <div className={crm.blocks}>
        <div className={crm.column}>
          <KeysBlock account={account} />
        </div>
        <div className={crm.column}>
          <RolesBlock user={account} />
          <CustomersBlock user={account} />
        </div>
      </div>
    </article>
  );
}

function KeysBlock({ account }: { account: UserDetail }) {
  const { t } = useTranslation();
  const [isOpen, form] = useDisclosure(false);
  const rights = useQuery({ ...userPermissionsQuery(account.id), enabled: account.is_active }).data;
  const held = rights?.items.flatMap(({ name, scope }) => (scope ? [name] : []));
  return (
    <Block
      title={t("account.keys.title")}
      action={
        account.is_active && (
          <Button size="compact-sm" variant="default" onClick={form.open}>
            {t("account.keys.new")}
          </Button>
        )
      }
    >
      <KeyList owner={account.id} isBare />
      {isOpen && <NewKey owner={account.id} permissions={held ?? []} onClose={form.close} />}
    </Block>
  );
}
