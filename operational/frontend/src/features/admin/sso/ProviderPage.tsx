import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiProblem, type ProviderOut } from "@/api";
import { useCommand } from "@/commands/registry";
import { Block, Fact, Facts } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead, RecordMissing } from "@/features/crm/RecordHead";
import { formatNumber } from "@/i18n/format";
import { CheckBlock } from "./CheckBlock";
import { ClientForm } from "./ClientForm";
import { GroupsBlock } from "./GroupsBlock";
import { DeleteProvider, SwitchProvider } from "./ProviderActions";
import { PRESETS } from "./presets";
import { providersQuery } from "./queries";
import { RulesBlock } from "./RulesBlock";
import { SetUp } from "./SetUp";
import sso from "./Sso.module.css";

const MISSING = new ApiProblem(404, "not_found", "there is no such provider");

/** An identity provider: whether it answers, who is let in by it, and as whom. */
export function ProviderPage() {
  const { providerId } = useParams({ from: "/inside/identity-providers/$providerId" });
  const navigate = useNavigate();
  const { data, error } = useQuery(providersQuery);
  const provider = data?.items.find(({ id }) => id === providerId);
  const back = () => void navigate({ to: "/identity-providers", search: (search) => search });
  useCommand("page.back", back);
  if (!provider) return <RecordMissing error={data ? MISSING : error} onBack={back} />;
  return <OneProvider key={provider.id} provider={provider} onBack={back} />;
}

function OneProvider({ provider, onBack }: { provider: ProviderOut; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <article className={crm.record} aria-label={provider.name}>
      <RecordHead
        name={provider.name}
        tag={!provider.is_enabled && <span className={crm.tag}>{t("provider.off")}</span>}
        onBack={onBack}
        actions={
          <>
            <ClientForm provider={provider} />
            <SwitchProvider provider={provider} />
            <DeleteProvider provider={provider} onGone={onBack} />
          </>
        }
      >
        <Facts>
          <Fact name={t("provider.kind")}>{t(`provider.preset.${provider.preset}`)}</Fact>
          <Fact name={t("provider.issuer")}>{provider.issuer}</Fact>
          <Fact name={t("provider.clientId")}>{provider.client_id}</Fact>
          <Fact name={t("provider.secret")}>
            {t(provider.has_client_secret ? "provider.secretKept" : "provider.secretNone")}
          </Fact>
          <Fact name={t("provider.peopleHead")}>{formatNumber(provider.people)}</Fact>
        </Facts>
      </RecordHead>
      <div className={crm.blocks}>
        <div className={crm.column}>
          <RulesBlock provider={provider} />
        </div>
        <div className={crm.column}>
          <CheckBlock provider={provider} />
        </div>
        <div className={sso.whole}>
          {PRESETS[provider.preset].hasGroups && <GroupsBlock provider={provider} />}
          <Block title={t("provider.atProvider")}>
            <div className={sso.inner}>
              <SetUp preset={provider.preset} addresses={provider} />
            </div>
          </Block>
        </div>
      </div>
    </article>
  );
}
