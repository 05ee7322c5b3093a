import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { MailDetail } from "@/api";
import { useCommand } from "@/commands/registry";
import { TextWithLinks } from "@/components/TextWithLinks";
import { Block, Fact, Facts } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead, RecordMissing } from "@/features/crm/RecordHead";
import { formatDateTime, formatNumber } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import classes from "../Admin.module.css";
import { oneMailQuery } from "../queries";
import { MailBadge } from "./MailBadge";
import { Settle } from "./Settle";
import { mailKind, mailTrouble, noText } from "./words";

/** One mail: for whom, what became of it, and its text where it is kept. */
export function OneMailPage() {
  const { mailId } = useParams({ from: "/inside/mail/$mailId" });
  const navigate = useNavigate();
  const { data: mail, error } = useQuery(oneMailQuery(mailId));
  const back = () => void navigate({ to: "/mail", search: (search) => search });
  useCommand("page.back", back);
  if (!mail) return <RecordMissing error={error} onBack={back} />;
  return <OneMail key={mail.id} mail={mail} onBack={back} />;
}

function OneMail({ mail, onBack }: { mail: MailDetail; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <article className={crm.record} aria-label={mail.subject}>
      <RecordHead name={mail.subject} onBack={onBack}>
        <Facts>
          <Fact name={t("admin.mail.recipient")}>{mail.recipient}</Fact>
          <Fact name={t("admin.staff.state")}>
            <MailBadge status={mail.status} />
          </Fact>
          <Fact name={t("admin.mail.kindHead")}>{mailKind(t, mail.kind)}</Fact>
          <Fact name={t("admin.mail.created")}>{formatDateTime(mail.created_at)}</Fact>
          {mail.sent_at && <Fact name={t("admin.mail.sentAt")}>{formatDateTime(mail.sent_at)}</Fact>}
          {mail.attempts > 1 && <Fact name={t("admin.mail.attempts")}>{formatNumber(mail.attempts)}</Fact>}
        </Facts>
      </RecordHead>
      <div className={classes.mail}>
        <Trouble mail={mail} />
        <Block title={t("admin.mail.text")}>
          <div className={classes.inside}>
            {mail.body === null ? (
              <span className={classes.soft}>{noText(t, mail)}</span>
            ) : (
              <TextWithLinks text={mail.body} />
            )}
          </div>
        </Block>
      </div>
    </article>
  );
}

/** What went wrong with a mail, and what can be done about it. */
function Trouble({ mail }: { mail: MailDetail }) {
  const { t } = useTranslation();
  const mayManage = useMay("auth.mail.manage");
  const said = mailTrouble(t, mail);
  if (said === null) return null;
  return (
    <section className={classes.trouble} aria-label={t("admin.mail.trouble")} data-stuck={mail.status === "stuck"}>
      <p className={classes.plain}>{said}</p>
      {mail.last_error && <p className={classes.soft}>{t("admin.mail.lastError", { error: mail.last_error })}</p>}
      {mail.status === "stuck" && mayManage && <Settle mail={mail} />}
    </section>
  );
}
