import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { byModule } from "@/features/permissions/group";
import { moduleName, permissionText } from "@/features/permissions/words";
import classes from "../Account.module.css";

type Props = {
  permissions: readonly string[];
  value: string[];
  onChange: (names: string[]) => void;
  error?: string;
};

/** Some of the permissions somebody holds, each as a sentence. */
export function PermissionPicker({ permissions, value, onChange, error }: Props) {
  const { t } = useTranslation();
  return (
    <Checkbox.Group label={t("account.keys.chosen")} value={value} onChange={onChange} error={error}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reached by keys */}
      <div className={classes.rights} tabIndex={0} role="group" aria-label={t("account.keys.chosen")}>
        {byModule(permissions.map((name) => ({ name }))).map(({ module, items }) => (
          <div key={module} className={classes.rightsGroup} role="group" aria-label={moduleName(t, module)}>
            <strong>{moduleName(t, module)}</strong>
            {items.map(({ name }) => (
              <Checkbox key={name} value={name} label={permissionText(t, name)} />
            ))}
          </div>
        ))}
      </div>
    </Checkbox.Group>
  );
}
