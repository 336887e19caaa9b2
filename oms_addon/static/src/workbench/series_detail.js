import { Component, markRaw, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

import { quantity } from "../availability/why";
import { preparePicture, SeriesChart } from "./picture";

/** One series: its picture, its periods, and overrides with their reason. */
export class SeriesDetail extends Component {
    static template = "oms_addon.SeriesDetail";
    static components = { SeriesChart };
    static props = { seriesId: Number, version: Number, canOverride: Boolean, money: Function, onSaved: Function };

    setup() {
        this.orm = useService("orm");
        this.last = new KeepLast();
        this.reason = useRef("reason");
        this.quantity = quantity;
        this.state = useState({ series: null, picture: null, drafts: {}, reason: "", error: "", saving: false });
        onWillStart(() => this.load(this.props.seriesId));
        onWillUpdateProps(({ seriesId, version }) => {
            if (seriesId !== this.props.seriesId || version !== this.props.version) {
                return this.load(seriesId);
            }
        });
    }

    async load(seriesId) {
        try {
            const series = await this.last.add(this.orm.call("oms.forecast", "read_picture", [[seriesId]]));
            Object.assign(this.state, { series: markRaw(series), drafts: {}, reason: "", error: "" });
            this.draw();
        } catch (error) {
            this.state.series = null;
            this.state.error = error.data?.message || error.message;
        }
    }

    draw() {
        this.state.picture = markRaw(preparePicture(this.state.series, this.state.drafts));
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }

    overrideLabel(period) {
        return _t("Override for the period from %(day)s", { day: this.day(period.day) });
    }

    get open() {
        return this.state.series.periods.filter(({ can_override }) => can_override);
    }

    get hasDraft() {
        return Object.keys(this.state.drafts).length > 0;
    }

    shown(period) {
        return this.state.drafts[period.day] ?? period.override?.quantity ?? "";
    }

    /** Note a quantity; nothing is saved before there is a reason. */
    note(period, value) {
        this.state.drafts[period.day] = value;
        this.draw();
    }

    drag(place, value) {
        this.note(this.state.series.periods[place], String(value));
        this.reason.el?.focus();
    }

    discard() {
        this.state.drafts = {};
        this.state.error = "";
        this.draw();
    }

    async save() {
        const quantities = Object.fromEntries(
            Object.entries(this.state.drafts).map(([day, value]) => [day, value === "" ? null : Number(value)])
        );
        this.state.saving = true;
        try {
            await this.orm.call("oms.forecast", "override_periods", [[this.props.seriesId], quantities, this.state.reason]);
            this.props.onSaved();
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        } finally {
            this.state.saving = false;
        }
    }
}
