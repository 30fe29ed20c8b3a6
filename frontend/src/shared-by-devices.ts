/** What the cards of devices have in common, in one file: see `shared`. */

import "./action";
import "./age";
import "./clock";
import "./core-cards";
import "./device-styles";
import "./feed";
import "./header";
import "./history";
import "./merge-patch";
import "./navigation";
import "./service-error";
import "./status";
import "./values";
import "./variable-card/windows";
