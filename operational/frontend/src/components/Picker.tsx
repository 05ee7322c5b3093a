import { Combobox, Text, useCombobox } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Picker.module.css";

export type Option = { value: string; label: string; icon?: ReactNode; hint?: string };
type Props = {
  /** What is chosen here ("Status"). */
  label: string;
  value: string | null;
  /** The present value in words. */
  text: string;
  /** The present value as it is shown; without it the words. */
  children?: ReactNode;
  /** What can be chosen; undefined while it is being asked for. */
  options: readonly Option[] | undefined;
  onPick: (value: string | null) => void;
  opened: boolean;
  onOpened: (opened: boolean) => void;
  /** Name of the choice that takes the value away; without it there is none. */
  none?: string;
  /** Asks for other choices; without it the given ones are searched. */
  onText?: (text: string) => void;
  /** Whether what was typed may be chosen though nobody has used it yet. */
  allowNew?: boolean;
  disabled?: boolean;
};

/** A value that a click turns into a list to choose from; costs nothing until then. */
export function Picker(props: Props) {
  const { label, text, children, opened, onOpened, disabled } = props;
  const button = useRef<HTMLButtonElement>(null);
  const wasOpened = useRef(false);
  useEffect(() => {
    // the focus goes back to the value unless the person has put it elsewhere
    if (wasOpened.current && !opened && document.activeElement === document.body) button.current?.focus();
    wasOpened.current = opened;
  }, [opened]);
  return (
    <div className={classes.field}>
      <button
        ref={button}
        type="button"
        className={classes.button}
        disabled={disabled}
        aria-haspopup="listbox"
        aria-expanded={opened}
        aria-label={`${label}: ${text}`}
        onClick={() => onOpened(!opened)}
      >
        {children ?? <span className={classes.text}>{text}</span>}
      </button>
      {opened && <Choices {...props} />}
    </div>
  );
}

const NONE = "\u0000none";
const NEW = "\u0000new";

function Choices({ label, value, options, onPick, none, onText, allowNew, onOpened }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const wanted = typed.trim();
  const listId = useId();
  const store = useCombobox({ opened: true, onDropdownClose: () => onOpened(false) });
  const shown =
    onText || !wanted ? options : options?.filter((one) => one.label.toLowerCase().includes(wanted.toLowerCase()));
  const isNew = allowNew && wanted !== "" && !options?.some((one) => one.label.toLowerCase() === wanted.toLowerCase());
  const mark = () => (wanted ? store.selectFirstOption() : store.selectActiveOption());
  // the field comes only after the list has found its place
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the field is there
  const focus = useCallback((field: HTMLInputElement | null) => {
    field?.focus({ preventScroll: true });
    window.setTimeout(mark);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark goes back to the first choice when the choices change
  useEffect(() => {
    mark();
  }, [wanted, options]);
  const pick = (chosen: string) => {
    onOpened(false);
    if (chosen === NONE) onPick(null);
    else onPick(chosen === NEW ? wanted : chosen);
  };
  return (
    <Combobox store={store} onOptionSubmit={pick} width={260} position="bottom-start" shadow="md">
      <Combobox.DropdownTarget>
        <span className={classes.anchor} />
      </Combobox.DropdownTarget>
      <Combobox.Dropdown>
        <Combobox.Search
          ref={focus}
          role="combobox"
          aria-expanded
          aria-controls={listId}
          value={typed}
          placeholder={label}
          aria-label={t("ticket.searchIn", { name: label })}
          onBlur={(event) => event.relatedTarget !== null && onOpened(false)}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            onText?.(event.currentTarget.value.trim());
          }}
        />
        <Combobox.Options id={listId} mah={280} style={{ overflowY: "auto" }} aria-label={label}>
          {none !== undefined && !wanted && (
            <Choice value={NONE} isChosen={value === null}>
              <span className={classes.none}>{none}</span>
            </Choice>
          )}
          {shown?.map((one) => (
            <Choice key={one.value} value={one.value} isChosen={one.value === value}>
              {one.icon ?? <span className={classes.text}>{one.label}</span>}
              {one.hint && <span className={classes.hint}>{one.hint}</span>}
            </Choice>
          ))}
          {isNew && (
            <Choice value={NEW} isChosen={false}>
              <span className={classes.text}>{t("ticket.useNew", { text: wanted })}</span>
            </Choice>
          )}
          {shown?.length === 0 && !isNew && <Combobox.Empty>{t("ticket.nothingFound")}</Combobox.Empty>}
          {shown === undefined && <Combobox.Empty>{t("ticket.loading")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function Choice({ value, isChosen, children }: { value: string; isChosen: boolean; children: ReactNode }) {
  return (
    <Combobox.Option value={value} active={isChosen} className={classes.choice}>
      <span className={classes.mark}>{isChosen && <IconCheck size={14} stroke={2} aria-hidden />}</span>
      {children}
    </Combobox.Option>
  );
}

/** A name and the value that belongs to it, in one line. */
export function Property({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.property}>
      <Text component="dt" className={classes.name}>
        {name}
      </Text>
      <dd className={classes.value}>{children}</dd>
    </div>
  );
}
