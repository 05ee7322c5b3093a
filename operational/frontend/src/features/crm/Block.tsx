import type { ReactNode } from "react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Crm.module.css";

type Props = { title: string; count?: string; action?: ReactNode; children: ReactNode };

/** A part of a record's page under its own heading. */
export function Block({ title, count, action, children }: Props) {
  const id = useId();
  return (
    <section className={classes.block} aria-labelledby={id}>
      <div className={classes.blockHead}>
        <h2 id={id} className={classes.blockTitle}>
          {title}
        </h2>
        {count && <span className={`${classes.blockCount} tabular`}>{count}</span>}
        {action && <span className={classes.blockMore}>{action}</span>}
      </div>
      {children}
    </section>
  );
}

/** Names and values of a record. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>;
}

/** One of them; what nobody knows is said so. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children ?? t("unknown")}</dd>
    </div>
  );
}
