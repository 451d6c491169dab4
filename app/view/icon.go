// Package view has the dumb components: they show what their fields say and
// call the functions they are given. They know neither models nor messages.
package view

// Icons are drawn for Wafer on a grid of 20 units with lines of 1.5. They are
// decoration: the text beside them or the label of their button says what is meant.
const (
	iconHead = `<svg class="ico" viewBox="0 0 20 20" aria-hidden="true" focusable="false" fill="none" ` +
		`stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">`

	IconWafer = `<svg class="ico logo" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path ` +
		`class="logo-disc" d="M10 1a9 9 0 1 0 9 9 9 9 0 0 0-3.6-7.2H4.6"/><path class="logo-die" d="M5.5 ` +
		`6h3.8v3.8H5.5zM10.7 6h3.8v3.8h-3.8zM5.5 11.2h3.8V15H5.5zM10.7 11.2h3.8V15h-3.8z"/></svg>`
	IconClassify = iconHead + `<path d="M3 5.5h10M3 10h14M3 14.5h6"/></svg>`
	IconTeach    = iconHead + `<path d="M10 4 2.5 7.5 10 11l7.5-3.5zM5.5 9v4c0 1 2 2.5 4.5 2.5s4.5-1.500 ` +
		`4.500-2.500V9M17.500 7.500V12"/></svg>`
	IconModels = iconHead + `<path d="M10 2.500 17 6.250v7.500L10 17.500 3 13.750v-7.500zM3 6.250 10 10l7-3.750M10 ` +
		`10v7.500"/></svg>`
	IconJobs = iconHead + `<path d="M3.500 4h13v4h-13zM3.500 12h13v4h-13zM6 6h.250M6 14h.250M9 6h4.500M9 ` +
		`14h4.500"/></svg>`
	IconShield = iconHead + `<path d="M10 2.500 4 4.750V10c0 3.500 2.500 6 6 7.500 3.500-1.500 6-4 ` +
		`6-7.500V4.750zM7.500 10l1.750 1.750L12.750 8"/></svg>`
	IconSun = iconHead + `<circle cx="10" cy="10" r="3.250"/><path d="M10 2v1.750M10 16.250V18M2 ` +
		`10h1.750M16.250 10H18M4.350 4.350l1.200 1.200M14.450 14.450l1.200 1.200M4.350 15.650l1.200-1.200M14.450 ` +
		`5.550l1.200-1.200"/></svg>`
	IconMoon = iconHead + `<path d="M16.500 11.750A7 7 0 1 1 8.250 3.500a5.500 5.500 0 0 0 8.250 8.250z"/></svg>`
	IconAuto = iconHead + `<circle cx="10" cy="10" r="7"/><path d="M10 3v14a7 7 0 0 0 0-14z" ` +
		`fill="currentColor"/></svg>`
	IconDrop = iconHead + `<path d="M10 3v9M6.500 8.500 10 12l3.500-3.500M3 13v2.500A1.500 1.500 0 0 0 4.500 ` +
		`17h11a1.500 1.500 0 0 0 1.500-1.500V13"/></svg>`
	IconUndo     = iconHead + `<path d="M7 4 3.500 7.500 7 11M3.500 7.500H12a4.250 4.250 0 0 1 0 8.500H8"/></svg>`
	IconClear    = iconHead + `<path d="M5 5l10 10M15 5 5 15"/></svg>`
	IconDownload = iconHead + `<path d="M10 3v9M6.500 8.500 10 12l3.500-3.500M4 16.500h12"/></svg>`
	IconWarn     = iconHead + `<path d="M10 3 2.500 16.500h15zM10 8v4M10 14.250v.250"/></svg>`
	IconArrow    = iconHead + `<path d="M4 10h12M11.500 5.500 16 10l-4.500 4.500"/></svg>`
)
