//! A corpus of our own: declarations in WCO XML over the four packs.
//!
//! In: the tables below. Out: `data/corpus/<pack>/<nnn>-<slug>.xml`, `data/corpus/messages/` and
//! `data/corpus/INDEX.csv`, which says of every file whether it is accepted or returned, and why.
//!
//! Codes, units, offices, border points, routes and documents are real ones; firms, people, numbers
//! of registration, vessels, vehicles and prices are invented, and say so in their names. Offices of
//! China are codes of the customs table, those of the United States are Schedule D, those of Russia
//! are UN/LOCODE, since the codes of its customs posts are not held.
//!
//! Holds always: two runs write the same bytes.

use std::fmt::Write as _;
use std::path::Path;

/// Goods: `key|code|unit|grams a unit|least-most price in US cents|least-most packages|units a
/// package|kind of package|tare in thousandths|description`. The unit is the supplementary unit of
/// the tariff line; none is kilograms. `+UNIT*thousandths` after the code is what the duty is
/// counted by, `*thousandths` after the unit how much of it a unit of count holds.
const GOODS_CN: &str = "\
soy|12019011||1000|46-58|40-70|1000|BG|4|非转基因黄大豆，食用，散装改吨袋 / Соя жёлтая, не ГМО
soyblack|12019020||1000|60-75|20-40|1000|BG|4|黑大豆，食用
pinelog|44032110|MTQ|640000|9500-14500|30-80|1|NE|0|樟子松原木，直径16厘米以上 / Брёвна сосны обыкновенной
larch|44032510|MTQ|720000|9000-13500|30-80|1|NE|0|落叶松原木，最小截面尺寸18厘米
pinesawn|44071110|MTQ|520000|18000-27000|24-50|2|BE|8|樟子松锯材，厚40毫米 / Доска обрезная, сосна
spruce|44071200|MTQ|470000|17000-25000|24-50|2|BE|8|云杉锯材，厚50毫米
pulp|47032100||1000|62-78|60-120|500|BL|5|漂白针叶木硫酸盐木浆
coking|27011210||1000|11-16|1-1|1380000|VO|0|炼焦煤，Кокс. уголь марки К
steamcoal|27011290||1000|7-10|1-1|1380000|VO|0|其他烟煤（动力煤）
lng|27111100||1000|52-68|1-1|62000000|VQ|0|液化天然气 LNG
kcl|31042090||1000|28-36|40-80|1000|43|3|氯化钾，K2O含量60% / Калий хлористый
pollock|03036700||1000|115-160|900-1200|20|CT|45|冻狭鳕鱼（去头去脏）/ Минтай мороженый б/г
crab|03061490||1000|1400-2600|300-600|15|CT|60|冻雪蟹切块 / Краб-стригун, секции
chicken|02071419||1000|150-210|900-1300|15|CT|40|冻鸡块，无骨 / Филе куриное мороженое
beef|02023000||1000|480-620|800-1100|20|CT|40|冻去骨牛肉（牛腩）
beeftongue|02062100||1000|700-900|500-800|15|CT|40|冻牛舌
honey|04090000||1000|260-380|100-300|20|PL|50|天然椴树蜜 / Мёд липовый
rapeoil|15141100||1000|90-112|1-1|24000|FB|6|初榨低芥子酸菜子油
sunoil|15121900||1000|105-130|1000-1300|16|CT|70|精炼葵花油，1升瓶装 / Масло подсолнечное
chocolate|18069000||1000|420-640|600-1000|6|CT|90|夹心巧克力糖果 / Конфеты шоколадные «Пример»
biscuit|19059000||1000|210-330|500-900|5|CT|120|华夫饼干 / Вафли
wheat|10019900||1000|24-31|1-1|1380000|VR|0|小麦，饲用及制粉用
barley|10039000||1000|20-26|1-1|1380000|VR|0|大麦，非种用
linseed|12040000||1000|48-60|1-1|690000|VR|0|亚麻子
flour|11010000||1000|32-42|800-1200|50|5H|4|小麦粉，特级
feed|23099090||1000|40-75|600-900|25|5H|5|配制的猪用浓缩饲料
copperconc|26030000||1000|180-240|44-88|1500|43|3|铜精矿，含铜23%，干态 / Зэсийн баяжмал
ironore|26011110||1000|9-12|1-1|2760000|VO|0|铁精矿，平均粒度小于0.8毫米，含铁62%
cashmere|51021100||1000|3200-4600|60-140|80|BL|8|未梳山羊绒，洗净 / Ноолуур, угаасан
dehaired|51053921||1000|9000-12500|40-80|60|BL|9|已梳无毛山羊绒 / Самнасан ноолуур
hides|41012011|NMB|7000|1800-2600|20-40|40|PX|20|逆鞣处理整张牛皮，湿盐渍，每张不超过16千克
aluminium|76011090||1000|225-262|20-40|1000|BE|2|未锻轧非合金铝锭，含铝99.7% / Алюминий А7
nickel|75021090||1000|1550-1900|10-24|1000|PX|5|未锻轧非合金镍
cathode|74031119||1000|880-980|10-20|2000|BE|2|精炼铜阴极
newsprint|48010010||1000|55-68|40-60|600|RO|6|成卷新闻纸，48.8克/平方米
wine|22042100|LTR|1600|340-780|200-400|9|CT|90|干红葡萄酒，750毫升瓶装，13度
whisky|22083000|LTR|1650|900-1900|120-260|9|CT|110|威士忌酒，700毫升瓶装，40度
cosmetic|33049900||1000|2600-5200|80-200|6|CT|180|护肤面霜及精华液，零售包装
tablets|30049090||1000|9000-26000|40-90|8|CT|150|降血压片剂，零售包装
vaccine|30024100||1000|180000-420000|10-24|4|CT|400|人用流感疫苗，预充式，2-8℃
ic|85423119|NMB|4|180-900|20-60|2000|CT|250|处理器用多元件集成电路
switch|85176212|NMB|9000|42000-88000|20-60|1|CT|120|移动通信交换机
ssd|84717011|NMB|80|4500-9800|20-60|100|CT|110|固态硬盘，1TB
lathe|84581100|NMB|4200000|3800000-7200000|1-3|1|CS|60|数控卧式车床，最大回转直径400毫米
vmc|84571010|NMB|6500000|6200000-9800000|1-2|1|CS|60|立式加工中心，三轴
fiveaxis|84571020|NMB|12500000|22000000-36000000|1-1|1|CS|55|卧式加工中心，五轴联动，定位精度3微米
mill|84596190|NMB|3800000|4200000-6800000|1-2|1|CS|60|数控铣床，四轴
car|87032341|NMB|1480000|900000-1600000|6-18|1|NE|0|小轿车，汽油1.6升，新车
suv|87032342|NMB|1690000|1500000-2600000|6-14|1|NE|0|越野车（四驱），汽油2.0升，新车
hybrid|87034031|NMB|1560000|1300000-2100000|6-18|1|NE|0|混合动力小轿车，1.8升，不可外接充电
truck|87042300|NMB|11800000|4200000-6100000|2-6|1|NE|0|柴油货车，总重25吨
tshirt|61091000|NMB|170|120-260|60-160|100|CT|120|全棉针织T恤衫，男式
pullover|61103000|NMB|420|420-880|60-140|40|CT|120|化纤针织套头衫，女式
jeans|62034290|NMB|620|480-950|60-140|30|CT|110|男式全棉牛仔长裤
towel|63026010|NMB|380|120-240|60-140|60|CT|110|全棉浴巾
shoes|64041990|NPR|780|420-860|80-200|20|CT|160|橡胶底纺织面休闲鞋
leather|64039900|NPR|1150|1200-2400|60-140|12|CT|150|皮面橡胶底男鞋
suitcase|42021210|NMB|3600|1400-2800|50-120|4|CT|130|塑料面衣箱，24寸
phone|85171300|NMB|190|9800-28000|20-80|40|CT|180|智能手机，5G，256GB
laptop|84713090|NMB|1750|28000-62000|20-60|10|CT|180|笔记本电脑，14英寸，重量1.4千克
battery|85076000|NMB|5200|4200-9800|20-60|20|CT|110|锂离子蓄电池组，48V 20Ah
fridge|84181010|NMB|78000|21000-46000|40-90|1|CT|90|冷藏冷冻组合机，各有单独外门，520升
washer|84501120|NMB|62000|16000-32000|40-90|1|CT|90|滚筒式全自动洗衣机，8千克
aircon|84151021|NMB|38000|14000-26000|60-120|1|CT|90|分体壁挂式空调器，2.6千瓦
cooker|85166030|NMB|2800|1600-3800|100-240|4|CT|150|电饭锅，4升
microwave|85165000|NMB|11500|3600-6900|100-240|1|CT|110|微波炉，20升
monitor|85285212|NMB|4600|7800-16000|80-200|1|CT|160|彩色液晶监视器，27英寸
torch|85131010|NMB|140|110-320|20-60|200|CT|120|LED手电筒
ledlamp|94054290||1000|420-900|100-240|8|CT|160|LED吸顶灯具
sofa|94016190|NMB|52000|12000-32000|20-50|1|CT|90|布艺沙发，木框架，三人位
cabinet|94032000|NMB|28000|3200-6800|40-120|1|CT|80|钢制文件柜
toy|95030021|NMB|320|140-420|60-180|60|CT|140|毛绒玩具熊
bike|87120030|NMB|14500|6800-14800|60-120|1|CT|120|山地自行车，27速
ebike|87116000|NMB|26000|24000-52000|40-90|1|CT|120|电动自行车，250瓦
cookware|73239300||1000|480-960|120-300|12|CT|120|不锈钢炊具
dishes|69111019||1000|180-420|120-300|15|CT|140|瓷制餐具
tiles|69072190|MTK|22000|480-980|20-40|60|PX|25|瓷质砖，600×600毫米，吸水率≤0.5%
bolt|73181590||1000|120-220|40-90|25|CT|40|六角头螺栓，8.8级以下
steel|73089000||1000|130-240|8-20|1800|BE|10|钢结构件，镀锌
valve|84818029|SET|2600|1800-4200|40-90|20|CT|60|换向阀
compressor|84148020|NMB|180000|82000-160000|4-12|1|CS|80|二氧化碳压缩机
garlic|07032010||1000|85-160|900-1400|20|NT|12|鲜蒜头，5.5厘米以上
apples|08081000||1000|70-120|900-1200|18|CT|70|鲜苹果，红富士
pears|08083010||1000|60-110|900-1200|18|CT|70|鲜鸭梨
onions|07031010||1000|25-45|900-1200|20|NT|10|鲜洋葱
tea|09024010||1000|420-980|100-240|20|CT|110|乌龙茶，大包装
tomato|20029019||1000|78-110|80-100|220|DR|90|番茄酱，桶装，28-30白利糖度
carbide|28491000||1000|58-78|100-200|100|DR|60|碳化钙（电石），UN 1402
urea|31021000||1000|34-45|600-1200|50|5H|4|尿素，含氮46%
brick|68109990||1000|12-26|20-40|1000|PX|25|人造石板材
gym|95069119||1000|180-420|40-120|40|CT|90|健身器械
diaper|96190011||1000|210-380|400-800|8|CT|80|婴儿纸尿裤
cells|85423111|NMB|60|900-2600|10-30|500|CT|200|具有变流功能的半导体模块
";

const GOODS_EAEU: &str = "\
soy|1201900000||1000|44-56|1-1|1320000|VR|0|Соевые бобы прочие, урожай 2026 года, насыпью / 大豆
pinelog|4403211200|MTQ|640000|9000-13000|40-110|1|NE|0|Брёвна сосны обыкновенной, диаметр 16 см и более
spruce|4407121603|MTQ|470000|17000-24000|24-50|2|BE|8|Пиломатериалы еловые, влажность не более 22 %
pulp|4703210009|KSD|1000|60-76|60-120|500|BL|5|Целлюлоза сульфатная беленая из хвойных пород
newsprint|4801000000||1000|54-66|40-60|600|RO|6|Бумага газетная в рулонах, 45 г/м²
lng|2711110000|MTQ|450000|21000-29000|1-1|145000|VQ|0|Газ природный сжиженный (СПГ)
coking|2701121000||1000|11-15|1-1|1380000|VO|0|Уголь коксующийся, марка К
steamcoal|2701129000||1000|7-10|1-1|1380000|VO|0|Уголь битуминозный прочий, марка Д
urea|3102101000|KNI*460|1000|32-42|40-80|1000|43|4|Карбамид, азот 46,2 %
npk|3105201000||1000|38-52|40-80|1000|43|4|Удобрение азотно-фосфорно-калийное 16:16:16
kcl|3104205000|KPO*600|1000|27-34|40-80|1000|43|3|Калий хлористый, K₂O 60 %
aluminium|7601100000||1000|224-258|20-40|1000|BE|2|Алюминий необработанный нелегированный, А7 / 铝锭
copperconc|2603000000||1000|170-230|44-88|1500|43|3|Концентрат медный, Cu 24 %
pollock|0303670000||1000|112-150|900-1200|20|CT|45|Минтай мороженый обезглавленный (Theragra chalcogramma)
crab|0306141000||1000|1500-2700|300-600|15|CT|60|Краб камчатский мороженый, конечности
wheat|1001990000||1000|22-28|1-1|1320000|VR|0|Пшеница мягкая, 3 класс, насыпью
sunoil|1512199002||1000|100-128|1000-1300|16|CT|70|Масло подсолнечное рафинированное, бутылки 1 л
chocolate|1806329000||1000|420-640|600-1000|6|CT|90|Шоколад молочный в плитках без начинки
garlic|0703200000||1000|95-170|900-1300|20|NT|12|Чеснок свежий / 鲜蒜头
pears|0808309000||1000|68-110|900-1200|18|CT|70|Груши свежие, сорт Я
mandarin|0805210000||1000|82-130|900-1200|18|CT|70|Мандарины свежие
grapes|0806101000||1000|140-220|900-1200|10|CT|70|Виноград свежий столовый
banana|0803901000||1000|62-88|900-1080|18|CT|70|Бананы свежие, Cavendish
aubergine|0709300000||1000|110-180|900-1200|12|CR|60|Баклажаны свежие
tompaste|2002909100||1000|82-118|80-100|220|DR|90|Томатная паста, сухих веществ 36 %, бочки
coffee|0901110001||1000|480-720|250-320|60|SA|8|Кофе нежареный, арабика
instant|2101110013||1000|1100-1900|400-700|8|CT|90|Кофе растворимый гранулированный, банки
tea|0902400000||1000|320-560|300-500|40|5M|12|Чай чёрный байховый, крупная упаковка
beef|0202309008||1000|460-610|800-1100|20|CT|40|Говядина мороженая обваленная, прочие отруба
pork|0203291109||1000|260-340|800-1100|20|CT|40|Свинина мороженая, передние края на кости
wing|0207143009||1000|150-210|900-1300|15|CT|40|Крылья кур мороженые
mackerel|0303541000||1000|180-260|900-1200|20|CT|45|Скумбрия мороженая (Scomber scombrus)
shrimp|0306179200||1000|620-940|600-900|12|CT|60|Креветки рода Penaeus мороженые
cheese|0406105009||1000|420-610|300-600|10|CT|70|Сыр рассольный молодой
wine|2204217600|LTR|1600|360-820|200-400|9|CT|90|Вино красное сухое Rioja PDO, 0,75 л
whisky|2208303001+LTR*2500|LPA|2900|2200-4200|120-260|3|CT|110|Виски шотландское односолодовое, 40 об.%, 0,7 л
beer|2203000100|LTR|1500|110-180|300-600|12|CT|90|Пиво солодовое, бутылки 0,5 л
tablets|3004900002||1000|9000-24000|40-90|8|CT|150|Лекарственный препарат, таблетки, розничная упаковка
vaccine|3002410000||1000|180000-420000|10-24|4|CT|400|Вакцина гриппозная для людей, шприцы 0,5 мл
cosmetic|3304990000||1000|2200-4800|80-200|6|CT|180|Крем для лица, розничная упаковка
shampoo|3305100000||1000|260-520|200-400|12|CT|100|Шампунь, флаконы 400 мл
pe|3901109000||1000|98-126|20-40|1250|PX|18|Полиэтилен низкой плотности, гранулы
kitchen|3924100000||1000|240-460|120-300|10|CT|140|Посуда кухонная из пластмассы
tyre|4011100003|NMB|8600|2600-4400|300-800|1|PP|0|Шины легковые новые 195/65 R15
trucktyre|4011209000|NMB|58000|11000-16500|100-240|1|PP|0|Шины грузовые новые 315/80 R22.5
suitcase|4202125009|NMB|3600|1400-2800|50-120|4|CT|130|Чемодан из формованной пластмассы
handbag|4202221000|NMB|620|700-1800|40-100|20|CT|150|Сумка женская, верх из листов пластмассы
denim|5209420000|MTK|420|260-420|60-140|80|RO|30|Ткань джинсовая хлопковая, 410 г/м²
fabric|5407613000|MTK|120|60-120|60-140|200|RO|30|Ткань полиэфирная окрашенная, 118 г/м²
tshirt|6109100000|NMB|170|130-280|60-160|100|CT|120|Футболки хлопковые трикотажные / 全棉T恤
pullover|6110309100|NMB|420|440-920|60-140|40|CT|120|Джемперы мужские из химических нитей
jeans|6203423100|NMB|620|520-980|60-140|30|CT|110|Брюки мужские из денима
trainers|6404110000|NPR|780|520-980|80-200|20|CT|160|Обувь спортивная, верх из текстиля
rubber|6402991000|NPR|900|380-760|80-200|16|CT|160|Обувь с верхом из резины
tiles|6907211000|MTK|22000|460-920|20-40|60|PX|25|Плитка керамическая неглазурованная, 600×600 мм
glass|7005293500|MTK|10000|380-620|20-40|90|CS|90|Стекло флоат, 4 мм
steel|7308909809||1000|140-260|8-20|1800|BE|10|Металлоконструкции стальные
bolt|7318158100||1000|130-230|40-90|25|CT|40|Болты с шестигранной головкой, 640 МПа
cookware|7323930000||1000|520-980|120-300|12|CT|120|Посуда кухонная из коррозионностойкой стали
profile|7604299000||1000|360-540|20-50|400|BE|30|Профили из алюминиевых сплавов
aircon|8415109000|NMB|38000|15000-28000|60-120|1|CT|90|Сплит-система бытовая, 2,6 кВт
fridge|8418211000|NMB|82000|26000-52000|40-90|1|CT|90|Холодильник бытовой компрессионный, 360 л
washer|8450119000|NMB|62000|17000-34000|40-90|1|CT|90|Машина стиральная автоматическая, 8 кг
forklift|8427201902|NMB|4100000|1100000-1900000|1-4|1|NE|0|Погрузчик лесоматериалов фронтальный челюстной, новый
excavator|8429521009|NMB|22000000|6800000-11200000|1-3|1|NE|0|Экскаватор гусеничный гидравлический, новый
loader|8429519900|NMB|16500000|4200000-6800000|1-3|1|NE|0|Погрузчик фронтальный одноковшовый
harvester|8433510009|NMB|14500000|9500000-14800000|1-2|1|NE|0|Комбайн зерноуборочный, новый
hmc|8457101008|NMB|9800000|9800000-16500000|1-2|1|CS|55|Центр обрабатывающий горизонтальный, 4 оси
fiveaxis|8457109008|NMB|11800000|21000000-34000000|1-1|1|CS|55|Центр обрабатывающий, 5 осей одновременно, точность 3 мкм
lathe|8458112000|NMB|4200000|3900000-7400000|1-3|1|CS|60|Станок токарный многоцелевой с ЧПУ
mill|8459619009|NMB|3800000|4300000-6900000|1-2|1|CS|60|Станок фрезерный с ЧПУ
laptop|8471300000|NMB|1750|28000-64000|20-60|10|CT|180|Ноутбук 14\", 1,4 кг / 笔记本电脑
server|8471500000|NMB|24000|280000-560000|6-16|1|CT|120|Сервер стоечный 2U
hdd|8471705000|NMB|690|6200-11800|20-60|20|CT|140|Накопитель на жёстких дисках, 8 ТБ
thermo|8481803100||1000|900-1600|40-90|20|CT|60|Арматура термостатическая для радиаторов
bearing|8482101009|NMB|60|60-140|20-60|400|CT|40|Подшипники шариковые, наружный диаметр 22 мм
roller|8482300009|NMB|4200|2800-6200|20-60|6|CT|40|Подшипники роликовые сферические
psu|8504403008|NMB|900|900-2400|20-60|40|CT|110|Блоки питания для вычислительных машин
battery|8507600000|NMB|5200|4400-9900|20-60|20|CT|110|Аккумуляторы литий-ионные, 48 В 20 А·ч
vacuum|8508110000|NMB|5200|4200-9800|100-240|1|CT|140|Пылесосы бытовые, 1200 Вт
microwave|8516500000|NMB|11500|3800-7200|100-240|1|CT|110|Печи микроволновые, 20 л
stove|8516601010|NMB|44000|14000-26000|30-80|1|CT|90|Электроплита бытовая стационарная
phone|8517130000|NMB|190|9900-29000|20-80|40|CT|180|Смартфон 5G, 256 ГБ / 智能手机
router|8517620009|NMB|620|1900-5200|40-100|20|CT|150|Маршрутизатор Wi-Fi 6
speaker|8518210000|NMB|2400|1800-4600|60-140|8|CT|150|Громкоговоритель одиночный в корпусе
monitor|8528521000|NMB|4600|8200-16800|80-200|1|CT|160|Монитор 27\" для вычислительных систем
breaker|8536201007||1000|420-860|40-120|20|CT|80|Выключатели автоматические до 63 А
plc|8537109100||1000|9800-21000|10-40|10|CT|120|Контроллеры программируемые с памятью
solar|8541430000|NMB|24000|4200-6800|10-20|31|PX|40|Модули фотоэлектрические, 550 Вт
cpu|8542319010|NMB|40|4200-18000|5-20|300|CT|250|Микросхемы процессоров
cable|8544429007||1000|420-820|60-140|25|RL|60|Провода с соединителями, до 80 В
tractor|8701211011|NMB|8900000|5200000-7400000|2-5|1|NE|0|Тягач седельный новый, экологический класс 5
car|8703231940|NMB|1420000|900000-1500000|6-18|1|NE|0|Автомобиль легковой новый, 1598 см³
suv|8703231981|NMB|1690000|1500000-2500000|6-14|1|NE|0|Автомобиль легковой новый, 1998 см³
camper|8703221091+CMQ*1499000|NMB|2600000|3200000-5200000|1-3|1|NE|0|Автомобиль, оборудованный для проживания, 1499 см³
usedcar|8703239042+CMQ*1797000|NMB|1380000|420000-780000|1-4|1|NE|0|Автомобиль легковой бывший в эксплуатации, 6 лет, 1797 см³
ev|8703800003|NMB|1890000|1800000-3200000|6-14|1|NE|0|Электромобиль легковой, категория M1
panel|8708299009||1000|480-920|20-60|40|CS|90|Части кузовов автомобилей
brake|8708309109||1000|420-880|40-120|25|CT|40|Тормоза дисковые, части
trailer|8716393001|NMB|8200000|2600000-4100000|1-3|1|NE|0|Полуприцеп-рефрижератор, полная масса более 15 т, 13,6 м
bike|8712003000|NMB|14500|6800-14800|60-120|1|CT|120|Велосипед двухколёсный
ebike|8711609000|NMB|42000|52000-98000|20-60|1|CT|120|Мотоцикл электрический
copter|8806220001|NMB|900|42000-98000|10-40|5|CT|200|Аппарат беспилотный гражданский, 0,9 кг
ultrasound|9018120000|NMB|68000|1900000-4200000|1-4|1|CS|80|Аппарат ультразвуковой диагностический
regulator|9032890000|NMB|1400|9800-24000|10-40|20|CT|120|Регуляторы автоматические
sofa|9401610000|NMB|52000|13000-34000|20-50|1|CT|90|Диван с деревянным каркасом, обитый
bedroom|9403500009|NMB|46000|18000-36000|20-50|1|CT|80|Мебель деревянная для спальни
cheapbed|9403500001||1000|110-150|20-50|46|CT|80|Мебель деревянная для спальни, до 1,8 евро за кг
shop|9403603000||1000|260-420|20-50|60|CT|80|Мебель деревянная магазинная
metal|9403208009||1000|210-380|40-120|28|CT|80|Мебель металлическая
led|9405420012||1000|900-1700|60-140|8|CT|160|Прожекторы светодиодные на жёсткой печатной плате
doll|9503002100||1000|620-1400|60-180|8|CT|140|Куклы, изображающие людей / 玩偶
console|9504500001|NMB|3200|16000-32000|40-90|4|CT|180|Видеоигры с телевизионным приёмником
gym|9506919000||1000|190-430|40-120|40|CT|90|Тренажёры прочие
pens|9608101000|NMB|11|8-22|20-60|2000|CT|80|Ручки шариковые
";

const GOODS_US: &str = "\
soy|1201900090||1000|46-58|1-1|1320000|VR|0|Soybeans, not for sowing, not organic
garlic|0703200015||1000|110-190|900-1300|10|CT|12|Fresh garlic, whole bulbs
apples|0808100065||1000|80-130|900-1200|18|CT|70|Fresh apples, Fuji
avocado|0804400040||1000|180-260|900-1300|11|CT|70|Fresh Hass avocados
blueberry|0811902040||1000|340-480|700-1000|13|CT|50|Frozen cultivated blueberries
coffee|0901110025||1000|480-720|250-320|60|SA|8|Coffee, arabica, not roasted
tea|0902400000||1000|310-560|300-500|40|5M|12|Black tea, bulk
shrimp|0306170007||1000|680-980|600-900|12|CT|60|Frozen shrimp, farmed, shell-on, 46-55 per kg
crab|0306144003||1000|2800-4200|300-600|15|CT|60|Frozen red king crab legs (Paralithodes camtschaticus)
beef|0202305015||1000|560-720|800-1100|20|CT|40|Frozen boneless veal cuts
tuna|1604141099||1000|360-520|800-1200|10|CT|90|Tuna in oil, airtight containers
biscuits|1905901050||1000|240-390|500-900|5|CT|120|Pastries and cakes, packaged
juice|2009904000|LTR|1050|70-120|1-1|20000|FB|4|Mixtures of fruit juices
beer|2203000030|LTR|1500|110-180|300-600|12|CT|90|Beer made from malt, glass bottles
winered|2204215040|LTR|1600|360-820|200-400|9|CT|90|Red grape wine, 13% vol., 750 ml, not organic
sparkling|2204212000|LTR|1700|520-980|200-400|9|CT|90|Effervescent grape wine, 750 ml
scotch|2208303030|PFL|2750|2200-4200|120-260|3|CT|110|Scotch whisky, single malt, 700 ml
crude|2709002090|BLL|136000|6200-7900|1-1|600000|VL|0|Crude petroleum, 38 degrees API
lng|2711110000|MTQ|450000|21000-29000|1-1|145000|VQ|0|Liquefied natural gas
urea|3102100010|TNE|1000000|32000-42000|22-44|1|43|4|Solid urea, 46% nitrogen
potash|3104200010|TNE|1000000|27000-34000|22-44|1|43|3|Potassium chloride, 60% K2O
tablets|3004909204||1000|9000-26000|40-90|8|CT|150|Fluconazole capsules, retail packs
cosmetic|3304995000||1000|2400-5200|80-200|6|CT|180|Face cream, retail
bags|3923210080|MIL|3200|900-1600|40-120|5|CT|60|Polyethylene bags
tyre|4011101040|NMB|8600|2600-4400|300-800|1|PP|0|New radial car tires, 16 inch rim
trucktyre|4011201015|NMB|58000|11000-16500|100-240|1|PP|0|New radial truck tires, on-the-highway
handbag|4202221500|NMB|620|700-1800|40-100|20|CT|150|Handbags, outer surface of plastic sheeting / 女式手提包
plywood|4412330670|MTQ|640000|42000-68000|20-40|2|PX|20|Birch-faced plywood, coated
lumber|4407110044|MTQ|520000|16000-24000|24-50|2|BE|8|Lodgepole pine lumber, rough
newsprint|4801000120|TNE|1000000|56000-68000|20-40|1|RO|6|Standard newsprint in rolls
diaries|4820102010|NMB|280|60-160|40-120|60|CT|70|Diaries and address books
denim|5209420020|MTK|340|260-420|60-140|80|RO|30|Blue denim, 340 g/m2
tshirt|6109100012|DZN|2040|1600-3200|40-120|12|CT|120|Men's cotton T-shirts, knitted
pullover|6110301020|DZN|5040|5200-9800|40-100|4|CT|120|Women's sweaters, man-made fibres, 25 percent or more of leather
jeans|6203424511|DZN|7440|6200-11200|40-100|3|CT|110|Men's blue denim trousers
towel|6302600020|NMB|380|120-240|60-140|60|CT|110|Cotton terry bath towels
trainers|6404114130|NPR|780|1400-2400|80-200|20|CT|160|Men's sports footwear, textile uppers
cheapshoe|6402991600|NPR|700|420-620|80-200|24|CT|160|Men's work shoes with metal toe-cap, valued over $3 but not over $6.50 a pair
tiles|6907211011|MTK|22000|460-920|20-40|60|PX|25|Unglazed porcelain tiles
mirror|7009911090|CMK|2|1-3|20-50|20000|CS|90|Unframed glass mirrors, not over 929 cm2
steel|7308903000||1000|130-240|8-20|1800|BE|10|Columns and beams, not alloy steel
bolt|7318152030||1000|130-230|40-90|25|CT|40|Structural bolts, 19 mm
cookware|7323930045|NMB|1400|900-1900|80-200|8|CT|120|Stainless steel cooking ware
cathode|7403110000||1000|880-980|10-20|2000|BE|2|Refined copper cathodes
nickel|7502100000||1000|1550-1900|10-24|1000|DR|5|Unwrought nickel, not alloyed
aluminium|7601106045||1000|225-262|20-40|1000|BE|2|Unwrought aluminum, 99.85%
titanium|8108906020||1000|1800-2900|10-30|300|PX|12|Titanium slabs
locks|8301406060||1000|620-1200|40-120|20|CT|70|Locks of base metal
aircon|8415103060|NMB|32000|9800-18000|60-120|1|CT|90|Room air conditioners, 3.5 kW, self-contained
fridge|8418210020|NMB|52000|16000-28000|40-90|1|CT|90|Household refrigerators, 210 liters
excavator|8429521010|NMB|22000000|6800000-11200000|1-3|1|NE|0|Crawler hydraulic excavators, new
washer|8450110080|NMB|62000|19000-36000|40-90|1|CT|90|Front-loading washing machines
vmc|8457100025|NMB|7800000|7800000-12800000|1-2|1|CS|55|Vertical-spindle machining center, Y-axis over 660 mm
lathe|8458110030|NMB|4200000|3900000-7400000|1-3|1|CS|60|Numerically controlled lathe, 15 kW
laptop|8471300100|NMB|1750|28000-64000|20-60|10|CT|180|Portable computers, 14 inch
tap|8481801020|NMB|1200|1400-3200|40-120|10|CT|70|Bath faucets of copper, under 850 kPa
bearing|8482105004|NMB|60|60-140|20-60|400|CT|40|Unground ball bearings
drive|8504404000|NMB|4200|9800-19800|20-60|4|CT|110|Speed drive controllers
battery|8507600020|NMB|5200|4400-9900|20-60|20|CT|110|Lithium-ion batteries, 48 V, UN 3480
vacuum|8508110000|NMB|5200|4200-9800|100-240|1|CT|140|Vacuum cleaners, 1,200 W
microwave|8516500060|NMB|11500|3800-7200|100-240|1|CT|110|Microwave ovens, 25 liters
coffeemaker|8516710020|NMB|3200|2200-4800|100-240|2|CT|140|Automatic drip coffee makers
phone|8517130000|NMB|190|9900-29000|20-80|40|CT|180|Smartphones, 5G, 256 GB / 智能手机
router|8517620020|NMB|620|1900-5200|40-100|20|CT|150|Routing apparatus, Wi-Fi 6
headset|8518302000|NMB|240|900-2600|40-120|40|CT|150|Wireless headphones
monitor|8528520000|NMB|4600|8200-16800|80-200|1|CT|160|Monitors, 27 inch
solar|8541430010|NMB|24000|4200-6800|10-20|31|PX|40|Crystalline silicon photovoltaic modules, 550 W
mcu|8542310025|NMB|1|80-260|5-20|5000|CT|250|Microcontrollers, 32-bit
cable|8544422000|NMB|120|120-360|40-120|100|CT|80|Telecommunications cables with connectors
car|8703230140|NMB|1420000|1500000-2600000|6-18|1|NE|0|Passenger cars, new, 1,998 cc, 4 cylinders
ev|8703800060|NMB|1890000|2400000-4200000|6-14|1|NE|0|Electric passenger cars, new, range over 250 miles
wheel|8708702500|NMB|38000|4200-7800|20-60|4|PX|30|Road wheels for tractors
ebike|8711600090|NMB|26000|42000-92000|20-60|1|CT|120|Electric motorcycles
bike|8712001550|NMB|13500|5800-9800|60-120|1|CT|120|Bicycles, wheels over 55 cm
drone|8806220000|NMB|900|42000-98000|10-40|5|CT|200|Unmanned aircraft, 0.9 kg, with camera
lens|9001500000|NPR|40|240-680|10-40|200|CT|150|Spectacle lenses of plastics
ultrasound|9018120000|NMB|68000|1900000-4200000|1-4|1|CS|80|Ultrasonic scanning apparatus
watch|91021110|NMB|90|1800-3200|5-20|100|CT|200|Battery wrist watches, hands only, gold-plated case, base metal strap
chair|9401710001|NMB|6200|2400-4800|60-140|2|CT|120|Upholstered highchairs, metal frames
table|9403608040|NMB|38000|9800-19800|20-60|1|CT|80|Wooden dining tables
mattress|9404210095|NMB|24000|8200-16800|30-80|1|PK|60|Foam mattresses
toy|9503000073|NMB|420|220-620|60-180|40|CT|140|Toy building sets, 3 to 12 years / 积木玩具
console|9504500000|NMB|3200|16000-32000|40-90|4|CT|180|Video game consoles
gym|9506910010|NMB|38000|16000-32000|20-60|1|CT|90|Exercise cycles
";

const GOODS_GB: &str = "\
salmon|0303110000||1000|620-880|600-900|20|CT|45|Frozen sockeye salmon, headed and gutted
prawns|0306179200||1000|680-980|600-900|12|CT|60|Frozen Penaeus shrimps, peeled
lamb|0204300000||1000|520-690|500-800|18|CT|40|Frozen lamb carcasses
beef|0202309000||1000|540-690|800-1100|20|CT|40|Frozen boneless beef
cheddar|0406902100||1000|480-660|300-600|10|CT|70|Cheddar cheese
garlic|0703200000||1000|110-180|900-1300|10|CT|12|Fresh garlic
apples|08081080||1000|80-130|900-1200|18|CT|70|Fresh dessert apples
courgette|0709931000||1000|90-150|900-1200|5|CT|70|Fresh courgettes
roots|0706903000||1000|90-140|700-900|10|CT|70|Fresh horse-radish
grapejuice|2009699020||1000|90-150|80-100|220|DR|90|Grape juice concentrate
banana|0803101000||1000|62-88|900-1080|18|CT|70|Fresh plantains
cocoa|1804000000||1000|900-1400|600-900|25|CT|20|Cocoa butter
coffee|09011100||1000|480-720|250-320|60|SA|8|Coffee, not roasted
tea|0902400000||1000|320-560|300-500|40|5M|12|Black tea, bulk
oliveoil|1509300000||1000|520-760|600-900|12|CT|90|Virgin olive oil, bottles
biscuits|1905311100||1000|320-520|500-900|5|CT|120|Sweet biscuits covered in chocolate
wine|2204219511|LTR|1600|380-820|200-400|9|CT|90|Red wine, 13% vol., bottles
whisky|2208303000|LTR|1650|1500-3200|120-260|9|CT|110|Single malt Scotch whisky, bottles
gin|2208501100|LTR|1650|900-1900|120-260|9|CT|110|London gin, bottles
vaccine|3002410000||1000|180000-420000|10-24|4|CT|400|Influenza vaccine
npk|3105201000||1000|38-52|40-80|1000|43|4|NPK fertiliser, 16% nitrogen
shampoo|3305100000||1000|260-520|200-400|12|CT|100|Shampoo
tyre|4011100000|NMB|8600|2600-4400|300-800|1|PP|0|New car tyres, 205/55 R16
handbag|4202210000|NMB|720|4200-9800|20-60|20|CT|150|Leather handbags
pellets|4401310000||1000|14-21|1-1|3000000|VR|0|Wood pellets
sawn|44071190||1000|38-52|20-40|1100|BE|8|Sawn pine, 47 mm
tshirt|6109100000|NMB|170|140-280|60-160|100|CT|120|Cotton T-shirts, knitted / 全棉T恤衫
cashmere|6110129000|NMB|320|4800-9200|20-60|30|CT|150|Women's cashmere jumpers
jeans|6203423100|NMB|620|620-1180|60-140|30|CT|110|Men's denim jeans
towel|6302600000||1000|520-880|60-140|22|CT|110|Terry towels of cotton
trainers|6404110000|NPR|780|920-1680|80-200|20|CT|160|Sports shoes, textile uppers
mugs|6911100090||1000|180-420|120-300|15|CT|140|Porcelain mugs
horizontal|8457101000|NMB|9800000|9800000-16500000|1-2|1|CS|55|Horizontal machining centre, five-axis
laptop|8471300000|NMB|1750|32000-68000|20-60|10|CT|180|Laptop computers, 14 inch
bearing|8482300000||1000|820-1600|20-60|25|CT|40|Spherical roller bearings
battery|8507600000|NMB|5200|4400-9900|20-60|20|CT|110|Lithium-ion accumulators, 48 V
microwave|8516500000|NMB|11500|4200-7800|100-240|1|CT|110|Microwave ovens
phone|8517130000|NMB|190|11000-32000|20-80|40|CT|180|Smartphones, 5G
router|8517620000|NMB|620|1900-5200|40-100|20|CT|150|Wi-Fi routers
solar|8541430000|NMB|24000|4200-6800|10-20|31|PX|40|Photovoltaic modules, 550 W
led|8539520000|NMB|60|80-220|40-120|100|CT|120|LED bulbs
ev|8703801000|NMB|1890000|2200000-3800000|6-14|1|NE|0|Electric cars, new
car|8703231900|NMB|1520000|2200000-3600000|4-10|1|NE|0|Passenger cars, new, 1,998 cc
bike|8712003000|NMB|13500|6800-14800|60-120|1|CT|120|Bicycles with ball bearings
ultrasound|9018120000|NMB|68000|1900000-4200000|1-4|1|CS|80|Ultrasonic scanners
sofa|9401610000|NMB|52000|14000-36000|20-50|1|CT|90|Upholstered sofas, wooden frames
bedroom|94035000|NMB|46000|16000-32000|20-50|1|CT|80|Wooden bedroom furniture
mattress|9404210000|NMB|24000|8200-16800|30-80|1|PK|60|Foam mattresses
plush|9503004100|NMB|320|160-480|60-180|60|CT|140|Stuffed toy animals / 毛绒玩具
console|95045000|NMB|3200|16000-32000|40-90|4|CT|180|Video game consoles
painting|9702900000|NMB|9000|800000-2600000|1-3|1|CS|200|Original lithograph, framed
basket|4602191000||1000|420-860|80-160|12|CT|90|Bottle envelopes of straw
";

/// Routes: `key|mode|office|UN/LOCODE or part of the location|name|partner|partner's place|countries
/// on the way`. No partner is that of the scenario.
const ROUTES_CN: &str = "\
HEK|8|1903|CNHEK|黑河口岸（水运）|RU|RUBLG Благовещенск|RU CN
HEKR|3|1903|CNHEK|黑河口岸（公路大桥）|RU|RUBLG Благовещенск|RU CN
MLX|2|0609|CNMLX|满洲里铁路口岸|RU|RUZBK Забайкальск|RU CN
MLXR|3|0603|CNMLX|满洲里公路口岸|RU|RUZBK Забайкальск|RU CN
SFE|2|1902|CNSFE|绥芬河铁路口岸|RU|RUGRK Гродеково|RU CN
SFER|3|1925|CNSFH|绥芬河公路口岸|RU|Пограничный|RU CN
TOJ|2|1904|CNTOJ|同江铁路口岸|RU|Нижнеленинское|RU CN
FUY|8|1914||抚远口岸|RU|RUKHV Хабаровск|RU CN
RLC|2|0702|CNRLC|二连浩特铁路口岸|MN|MNZUU Замын-Үүд|MN CN
ERC|3|0705|CNERC|二连浩特公路口岸|MN|MNZUU Замын-Үүд|MN CN
GMD|3|0708||甘其毛都口岸|MN|Гашуунсухайт|MN CN
ALA|2|9404||阿拉山口铁路口岸|KZ|KZDOS Достық|KZ CN
HRS|3|9402|CNHRS|霍尔果斯公路口岸|KZ|KZHOR Қорғас|KZ CN
HRSR|2|9402|CNHRS|霍尔果斯铁路口岸|KZ|KZHOR Алтынкөл|KZ CN
SHG|1|2225|CNSHG|上海外高桥港区|||CN
NGB|1|3104|CNNGB|宁波北仑港区|||CN
SHK|1|5304|CNSHK|深圳蛇口港区|||CN
YTN|1|5316|CNYTN|深圳盐田港区|||CN
DAL|1|0908|CNDAL|大连大窑湾港区|||CN
TXG|1|0202|CNTXG|天津新港|||CN
PVG|4|2233|CNPVG|上海浦东国际机场|||CN
CGO|4|4604|CNCGO|郑州新郑国际机场|||CN
CGOP|5|4605|CNCGO|郑州国际邮件处理中心|||CN
";

const ROUTES_EAEU: &str = "\
BLG|8|RUBLG|RUBLG|Благовещенск, речной порт|CN|CNHEK 黑河|CN RU
BLGR|3|RUBLG|RUBLG|Благовещенск, мост через Амур|CN|CNHEK 黑河|CN RU
ZBK|2|RUZBK|RUZBK|Забайкальск, железнодорожный пункт пропуска|CN|CNMLX 满洲里|CN RU
ZBKR|3|RUZBK|RUZBK|Забайкальск, автомобильный пункт пропуска|CN|CNMLX 满洲里|CN RU
GRK|2|RUGRK|RUGRK|Гродеково, железнодорожный пункт пропуска|CN|CNSFE 绥芬河|CN RU
KHV|8|RUKHV|RUKHV|Хабаровск, речной порт|CN|抚远|CN RU
NKI|2|RUNKI|RUNKI|Наушки, железнодорожный пункт пропуска|MN|Сүхбаатар|MN RU
KYA|3|RUNKI|RUNKI|Кяхта, автомобильный пункт пропуска|MN|MNALT Алтанбулаг|MN RU
MOW|2|RUMOW|RUMOW|Москва, контейнерный терминал|CN|CNMLX 满洲里|CN RU
MOWK|2|RUMOW|RUMOW|Москва, контейнерный терминал, через Достык|CN|阿拉山口|CN KZ RU
MOWR|3|RUMOW|RUMOW|Москва, склад временного хранения, через Хоргос|CN|CNHRS 霍尔果斯|CN KZ RU
OVB|3|RUOVB|RUOVB|Новосибирск, склад временного хранения|CN|CNHRS 霍尔果斯|CN KZ RU
VVO|1|RUVVO|RUVVO|Владивосток, морской порт|||RU
VYP|1|RUVYP|RUVYP|Восточный, морской порт|||RU
NJK|1|RUNJK|RUNJK|Находка, морской порт|||RU
PGN|1|RUPGN|RUPGN|Пригородное, морской порт|||RU
LED|1|RULED|RULED|Санкт-Петербург, морской порт|||RU
NVS|1|RUNVS|RUNVS|Новороссийск, морской порт|||RU
SVO|4|RUSVO|RUSVO|Шереметьево, грузовой терминал|||RU
POST|5|RUMOW|RUMOW|Москва, место международного почтового обмена|||RU
";

const ROUTES_US: &str = "\
LAX|1|2704|USLAX|Port of Los Angeles|||US
LGB|1|2709|USLGB|Port of Long Beach|||US
OAK|1|2811|USOAK|Port of Oakland|||US
SEA|1|3001|USSEA|Port of Seattle|||US
NYC|1|4601|USNYC|Port of New York and New Jersey|||US
HOU|1|5301|USHOU|Port of Houston|||US
SAV|1|1703|USSAV|Port of Savannah|||US
CHS|1|1601|USCHS|Port of Charleston|||US
ORF|1|1401|USORF|Port of Norfolk|||US
MIA|1|5201|USMIA|Port of Miami|||US
JFK|4|4701|USJFK|John F. Kennedy International Airport|||US
ORD|4|3901|USORD|Chicago O'Hare International Airport|||US
LRD|3|2304|USLRD|Laredo, World Trade Bridge|MX|Nuevo Laredo|MX US
DET|3|3801|USDET|Detroit, Ambassador Bridge|CA|Windsor|CA US
";

const ROUTES_GB: &str = "\
FXT|1|GB000051|FXTFXTFXT|Felixstowe|||GB
LGP|1|GB000170|LGPLGPLGP1|London Gateway|||GB
LIV|1|GB000080|LIVLIVLIV|Liverpool|||GB
IMM|1|GB000074|IMMIMMIMM|Immingham|||GB
GRG|1|GB000059|GRGGRGGRG|Grangemouth|||GB
SOU|1|GB000290|SOUSTNSCT1|Southampton|||GB
DVR|6|GB000060|DVRDOVDVR|Dover|||FR GB
LHR|4|GB000084|LHRLHRLHR|London Heathrow|||GB
";

/// Scenarios: `slug|I or E|route|goods|partner or origin[<sent from]|currency|term|flags|story`.
/// Flags: `xN` as many lots, `proc=` procedure, `bare` without the papers the goods need, `who=` an
/// invented party of the screening list, `frt` charges for carriage, `pref=` regime claimed with the
/// preferential origin, `fault=` what is wrong.
const SCENARIOS_CN: &str = "\
soy-amur|I|HEK|soy|RU|CNY|DAP|x3|Soybeans over the Amur by barge from Blagoveshchensk to Heihe
soy-bridge|I|HEKR|soy+soyblack|RU|RUB|DAP|x2|Soybeans by lorry over the Heihe bridge, priced in roubles
pine-manzhouli|I|MLX|pinelog+larch|RU|USD|DAP|x2|Round timber by rail from Zabaikalsk to Manzhouli
sawn-manzhouli|I|MLX|pinesawn+spruce|RU|CNY|DAP|x2|Sawn timber by rail from Zabaikalsk to Manzhouli
sawn-suifenhe|I|SFE|spruce+pinesawn|RU|CNY|FCA|x2,frt|Sawn timber through Grodekovo and Suifenhe, carriage added
pulp-manzhouli|I|MLX|pulp|RU|USD|DAP|x2|Bleached pulp by rail
coal-tongjiang|I|TOJ|steamcoal|RU|USD|DAP||Steam coal over the Nizhneleninskoye-Tongjiang bridge
coking-suifenhe|I|SFE|coking|RU|USD|DAP|x2|Coking coal by rail
coal-gashuun|I|GMD|coking|MN|USD|DAP|x2|Mongolian coking coal by lorry at Ganqimaodu
lng-tianjin|I|TXG|lng|RU|USD|CIF||A cargo of liquefied gas at Tianjin
lng-dalian|I|DAL|lng|QA|USD|CIF||A cargo of Qatari liquefied gas at Dalian
potash-manzhouli|I|MLX|kcl|RU|USD|DAP|x2|Potash in big bags by rail
pollock-dalian|I|DAL|pollock|RU|USD|CFR|x2|Frozen pollock with a veterinary certificate
pollock-bare|I|DAL|pollock|RU|USD|CFR|bare|Frozen pollock without its certificate
crab-dalian|I|DAL|crab|RU|USD|CFR||Frozen crab with a veterinary certificate
chicken-manzhouli|I|MLX|chicken|RU|USD|DAP|x2|Frozen chicken with veterinary papers
beef-shanghai|I|SHG|beef+beeftongue|BR|USD|CFR|x2|Frozen beef and tongues from Brazil
beef-bare|I|SHG|beef|AR|USD|CFR|bare|Frozen beef without veterinary papers
honey-heihe|I|HEKR|honey|RU|RUB|DAP||Lime honey from the Amur
oil-manzhouli|I|MLX|rapeoil|RU|USD|DAP||Crude rapeseed oil in flexitanks
sunoil-heihe|I|HEK|sunoil+chocolate+biscuit|RU|CNY|DAP||Sunflower oil, chocolate and wafers: three items
sweets-manzhouli|I|MLXR|chocolate+biscuit|RU|CNY|DAP|x2|Chocolate and wafers by lorry
wheat-alashankou|I|ALA|wheat|KZ|USD|DAP|x2|Kazakh wheat through Dostyk and Alashankou
barley-alashankou|I|ALA|barley|KZ|USD|DAP||Kazakh barley by rail
linseed-khorgos|I|HRSR|linseed|KZ|KZT|DAP||Kazakh linseed, priced in tenge
flour-khorgos|I|HRS|flour+feed|KZ|USD|DAP||Flour and feed through Khorgos by lorry
copper-erenhot|I|RLC|copperconc|MN|USD|DAP|x2|Copper concentrate from Zamyn-Uud to Erenhot
iron-erenhot|I|RLC|ironore|MN|CNY|DAP||Iron concentrate by rail
cashmere-erenhot|I|ERC|cashmere|MN|MNT|DAP||Washed cashmere, priced in tugriks
cashmere-usd|I|ERC|cashmere+dehaired|MN|USD|DAP|x2|Cashmere and dehaired goat wool by lorry
hides-erenhot|I|ERC|hides|MN|USD|DAP||Wet-salted hides
aluminium-suifenhe|I|SFE|aluminium|RU|USD|DAP|x2|Aluminium ingots by rail
nickel-shanghai|I|SHG|nickel+cathode|RU|USD|CIF||Nickel and copper cathodes
newsprint-manzhouli|I|MLX|newsprint|RU|USD|DAP||Newsprint in rolls
wine-shanghai|I|SHG|wine|FR|EUR|FOB|frt|French wine, freight and insurance added
whisky-shenzhen|I|SHK|whisky|GB|GBP|CIF||Scotch whisky, priced in pounds
medicine-pudong|I|PVG|tablets+vaccine|DE|EUR|CIP||Medicines and vaccines by air
cosmetics-ecommerce|I|CGO|cosmetic|KR|CNY|CIP|proc=1210|Bonded e-commerce stock of face cream
chips-pudong|I|PVG|ic+ssd|KR|USD|FCA||Integrated circuits and drives by air
lathe-tianjin|I|TXG|lathe|DE|EUR|FOB|frt|A numerically controlled lathe from Germany
us-soy|I|DAL|soy|US|USD|CFR||Soybeans of the United States: the additional tariff is not held
car-tianjin|I|TXG|suv|DE|EUR|FOB|frt|New four-wheel-drive cars from Germany
exhibition|I|PVG|compressor|IT|EUR|FCA|proc=2600|A compressor for an exhibition, temporary entry
processing|I|NGB|aluminium|AU|USD|CFR|proc=0615|Aluminium for processing trade, bonded
bonded|I|YTN|wine+whisky|AU|USD|CFR|proc=1233|Wine and whisky into a bonded warehouse
phones-heihe|E|HEKR|phone|RU|CNY|DAP||Telephones by lorry to Blagoveshchensk
parcels-zhengzhou|E|CGO|phone+torch+toy+cookware|RU|CNY|DAP|proc=9610,x2|Cross-border e-commerce parcels by air: four items
parcels-post|E|CGOP|tshirt+shoes+torch|RU|CNY|DAP|proc=9610|E-commerce parcels by post
cars-manzhouli|E|MLX|car|RU|CNY|DAP|x2|New cars by rail to Moscow
trucks-manzhouli|E|MLXR|truck|RU|CNY|FCA||Lorries under their own power to Zabaikalsk
hybrid-khorgos|E|HRS|hybrid+suv|KZ|USD|DAP||Hybrid and off-road cars to Almaty
lathe-manzhouli|E|MLX|vmc+lathe|RU|CNY|DAP||Machine tools to Moscow, licence stated
fiveaxis-licence|E|MLX|fiveaxis|KZ|USD|DAP||A five-axis machining centre with an export licence
fiveaxis-bare|E|MLX|fiveaxis|RU|CNY|DAP|bare|A five-axis machining centre without an export licence
garlic-manzhouli|E|MLXR|garlic|RU|USD|DAP|x2|Fresh garlic by lorry
apples-heihe|E|HEKR|apples+pears+onions|RU|CNY|DAP||Apples, pears and onions: three items
clothes-suifenhe|E|SFER|tshirt+pullover+jeans+shoes+towel|RU|CNY|FCA|proc=4019|Border trade in clothing: five items
home-khorgos|E|HRSR|fridge+washer+aircon+microwave+cooker+monitor|KZ|USD|DAP||Household machines: six items
batteries-shanghai|E|SHG|battery|DE|EUR|FOB||Lithium-ion batteries to Hamburg
furniture-ningbo|E|NGB|sofa+cabinet+ledlamp|US|USD|FOB||Furniture and lamps to Los Angeles
tiles-shenzhen|E|YTN|tiles+dishes|GB|USD|FOB||Tiles and tableware to Felixstowe
listed-buyer|E|SHG|valve|RU|USD|CIF|who=ООО «Вымысел-Транзит»|Valves to a buyer on the invented screening list
tea-tianjin|E|TXG|tea+tomato|EG|USD|FOB||Tea and tomato paste to Alexandria
computers-manzhouli|E|MLX|laptop+monitor|RU|CNY|DAP||Notebooks and monitors by rail to Moscow
leather-ningbo|E|NGB|leather|GB|GBP|FOB||Leather shoes to Felixstowe, priced in pounds
mill-suifenhe|E|SFER|mill|RU|CNY|DAP||A milling machine with an export licence
network-pudong|I|PVG|switch+cells|JP|JPY|FCA||Switches and converter modules by air, priced in yen
carbide-erenhot|E|RLC|carbide+urea|MN|USD|DAP||Calcium carbide and urea to Mongolia
big-mixed|E|ERC|bike+ebike+gym+diaper+suitcase+steel+bolt+brick|MN|CNY|DAP||Eight items by lorry to Ulaanbaatar
";

const FAULTS_CN: &str = "\
no-reference|I|HEK|soy|RU|CNY|DAP|fault=missing-reference|No reference of the declarant's own
not-in-tariff|I|MLX|pinesawn|RU|CNY|DAP|fault=code-not-in-tariff|A code no line of the tariff has
ten-digits|I|MLX|pulp|RU|USD|DAP|fault=code-too-long|Ten digits where the tariff has eight
wrong-total|E|HRS|phone+torch|KZ|USD|DAP|fault=invoice-total|The invoice total is not the sum of the items
gross-below-net|I|RLC|copperconc|MN|USD|DAP|fault=net-above-gross|Net mass above gross mass
unknown-country|I|ALA|wheat|KZ|USD|DAP|fault=unknown-country|A country of origin that is on no list
truncated|I|HEK|soy|RU|CNY|DAP|fault=truncated|The XML ends in the middle
gbk-bytes|E|NGB|sofa|US|USD|FOB|fault=encoding-declared|Declared as GB2312
dtd|I|TXG|lathe|DE|EUR|FOB|fault=dtd|A document type declaration before the root
no-incoterm|I|HEK|soy|RU|CNY|DAP|fault=missing-term|No term of delivery
no-net|I|SFE|aluminium|RU|USD|DAP|fault=missing-net|No net mass
";

const SCENARIOS_EAEU: &str = "\
soy-amur|E|BLG|soy|CN|RUB|FCA|x2|Soybeans over the Amur by barge from Blagoveshchensk to Heihe
timber-zabaikalsk|E|ZBK|pinelog|CN|CNY|DAP|x2|Round timber by rail from Zabaikalsk to Manzhouli
spruce-grodekovo|E|GRK|spruce|CN|RUB|DAP|x2|Sawn spruce through Grodekovo to Suifenhe
timber-bare|E|ZBK|pinelog|CN|USD|DAP|bare|Round timber without the entry in the timber register
pulp-zabaikalsk|E|ZBK|pulp+newsprint|CN|USD|DAP|x2|Pulp and newsprint by rail
lng-sakhalin|E|PGN|lng|CN|USD|FOB||A cargo of liquefied gas from Prigorodnoye
coal-vostochny|E|VYP|coking|CN|USD|FOB||Coking coal by sea from Vostochny
coal-zabaikalsk|E|ZBK|steamcoal|CN|RUB|DAP||Steam coal by rail
fertiliser-novorossiysk|E|NVS|urea+npk|BR|USD|FOB||Urea and compound fertiliser to Brazil
potash-zabaikalsk|E|ZBK|kcl|CN|USD|DAP||Potash by rail to China
aluminium-vladivostok|E|VVO|aluminium|KR|USD|FOB||Aluminium to Busan
copper-naushki|E|NKI|copperconc|CN<MN|USD|DAP||Copper concentrate by rail through Mongolia
pollock-vladivostok|E|VVO|pollock+crab|CN|USD|CFR||Pollock and crab to Dalian
wheat-novorossiysk|E|NVS|wheat|EG|USD|FOB||Milling wheat to Alexandria
oil-zabaikalsk|E|ZBK|sunoil+chocolate|CN|RUB|DAP||Sunflower oil and chocolate to China
cars-moscow|I|MOW|car|CN|CNY|DAP|x2|New cars by rail to Moscow through Zabaikalsk
suv-moscow|I|MOWR|suv|CN|CNY|DAP||Cars on transporters through Khorgos
ev-blagoveshchensk|I|BLGR|ev|CN|CNY|DAP||Electric cars over the Amur bridge
camper-vladivostok|I|VVO|camper|CN|CNY|CIF||Motor caravans, duty by cylinder capacity
usedcar-vladivostok|I|VVO|usedcar|JP|JPY|CFR|x2|Used cars from Japan, duty by cylinder capacity
tractors-zabaikalsk|I|ZBKR|tractor+trailer|CN|CNY|DAP|x2|Road tractors and refrigerated semi-trailers
lathe-moscow|I|MOW|lathe+mill|CN|CNY|DAP|x2|Machine tools to Moscow
centre-moscow|I|MOWK|hmc|CN|CNY|DAP||A horizontal machining centre through Dostyk
fiveaxis-export|E|LED|fiveaxis|IN|USD|FOB||A five-axis machining centre with an export licence
fiveaxis-bare|E|LED|fiveaxis|TR|USD|FOB|bare|A five-axis machining centre without an export licence
diggers-zabaikalsk|I|ZBK|excavator+loader+forklift|CN|CNY|DAP||Earth-moving machines: three items
harvester-novosibirsk|I|OVB|harvester|CN|USD|DAP||A combine harvester
phones-sheremetyevo|I|SVO|phone|CN|USD|FCA|x3|Telephones by air
parcels-moscow|I|POST|phone+tshirt+doll|CN|RUB|DAP|x2|E-commerce parcels by post: three items
phones-cheap|I|BLGR|router|CN|CNY|DAP||Routers by lorry
laptops-moscow|I|MOW|laptop+monitor+hdd|CN|USD|DAP|x3|Computers, monitors and drives: three items
servers-sheremetyevo|I|SVO|server+cpu|CN|USD|FCA|frt|Servers and processors by air, freight added
garlic-zabaikalsk|I|ZBKR|garlic|CN|USD|DAP|x3|Garlic with a phytosanitary certificate
garlic-bare|I|ZBKR|garlic|CN|USD|DAP|bare|Garlic without its certificate
grapes-blagoveshchensk|I|BLGR|grapes+pears|CN|USD|DAP|x3|Grapes and pears
fruit-moscow|I|MOWR|mandarin+grapes+aubergine|CN|USD|DAP||Mandarins, grapes and aubergines: three items
bananas-petersburg|I|LED|banana|EC|USD|CFR|x2|Bananas from Ecuador
coffee-petersburg|I|LED|coffee+tea|BR|USD|CIF||Coffee and tea
instant-petersburg|I|LED|instant|BR|USD|CIF||Instant coffee, the greater of a percentage and a sum by weight
beef-petersburg|I|LED|beef|BR|USD|CFR|x2|Frozen beef with veterinary papers
pork-petersburg|I|LED|pork|BR|USD|CFR||Frozen pork
wings-bare|I|NVS|wing|TR|USD|CFR|bare|Chicken wings without veterinary papers
fish-petersburg|I|LED|mackerel+shrimp|CN|USD|CFR||Mackerel and shrimps
cheese-petersburg|I|LED|cheese|RS|EUR|CIP||Soft cheese from Serbia
wine-novorossiysk|I|NVS|wine|ES|EUR|CIF||Spanish wine; excise is not held
whisky-petersburg|I|LED|whisky|GB|GBP|CIF||Single malt, duty by the litre
beer-petersburg|I|LED|beer|CN|CNY|CIF||Beer, duty by the litre
tomato-moscow|I|MOWK|tompaste|CN|CNY|DAP||Tomato paste from Xinjiang
medicine-sheremetyevo|I|SVO|tablets+vaccine|IN|USD|CIP||Medicines and vaccines by air
cosmetics-moscow|I|MOW|cosmetic+shampoo|CN|RUB|DAP|x2|Cosmetics
plastics-zabaikalsk|I|ZBK|pe+kitchen+cookware|CN|CNY|DAP|x2|Polyethylene, plastic and steel ware: three items
tyres-grodekovo|I|GRK|tyre+trucktyre|CN|CNY|DAP|x3|Tyres by rail
bags-moscow|I|MOWR|suitcase+handbag|CN|CNY|DAP|x2|Suitcases and handbags
textile-moscow|I|MOWR|denim+fabric|CN|USD|DAP|x2|Cloth by the square metre
clothes-moscow|I|MOWR|tshirt+pullover+jeans|CN|USD|DAP||Clothing, duty by weight: three items
clothes-bangladesh|I|LED|tshirt+jeans|BD|USD|FOB|frt|Clothing from Bangladesh, freight added
shoes-moscow|I|MOW|trainers+rubber|CN|RUB|DAP||Footwear, duty by the pair
building-khabarovsk|I|KHV|tiles+glass|CN|CNY|DAP||Tiles and glass by river to Khabarovsk
steel-zabaikalsk|I|ZBK|steel+bolt+profile|CN|RUB|DAP|x2|Structures, bolts and profiles: three items
home-moscow|I|MOW|aircon+fridge+washer+vacuum+microwave+stove+speaker+psu|CN|CNY|DAP|x2|Household machines: eight items
parts-moscow|I|MOWK|panel+brake+bearing+roller|CN|CNY|DAP|x3|Car parts and bearings: four items
electric-novosibirsk|I|OVB|breaker+plc+cable|CN|RUB|DAP|x2|Switchgear, controllers and cables
solar-grodekovo|I|GRK|solar+battery|CN|USD|DAP|x2|Solar modules and batteries
bikes-blagoveshchensk|I|BLG|bike+ebike|CN|CNY|DAP||Bicycles over the Amur
drones-sheremetyevo|I|SVO|copter|CN|USD|FCA||Small unmanned aircraft
medical-sheremetyevo|I|SVO|ultrasound+regulator|KR|KRW|CIP||Ultrasound machines, priced in won
furniture-moscow|I|MOW|sofa+bedroom+shop+metal|CN|USD|DAP||Furniture under four kinds of duty
furniture-cheap|I|ZBKR|cheapbed|CN|CNY|DAP||Cheap bedroom furniture, duty by weight
toys-moscow|I|MOWR|doll+console+gym+pens|CN|RUB|DAP||Toys, consoles and pens: four items
lamps-moscow|I|MOW|led+thermo|CN|CNY|DAP||Lamps and thermostatic valves
warehouse|I|VVO|monitor|KR|USD|CIF|proc=70 00|Monitors into a customs warehouse
transit|I|ZBK|laptop|CN|USD|DAP|proc=80 00|Notebooks in customs transit
listed-seller|I|MOW|bearing|CN|CNY|DAP|who=北辰虚构贸易有限公司|Bearings from a seller on the invented screening list
";

const FAULTS_EAEU: &str = "\
no-reference|I|ZBK|lathe|CN|CNY|DAP|fault=missing-reference|No reference of the declarant's own
not-in-tariff|I|MOW|car|CN|CNY|DAP|fault=code-not-in-tariff|A code no line of the tariff has
nine-digits|I|ZBKR|garlic|CN|USD|DAP|fault=code-too-short|Nine digits of ten
unknown-currency|I|MOWR|tshirt|CN|USD|DAP|fault=unknown-currency|A currency that is on no list
wrong-count|E|ZBK|pulp+newsprint|CN|USD|DAP|fault=item-count|Three items stated, two sent
negative-price|I|LED|banana|EC|USD|CFR|fault=negative|A price below zero
impossible-date|I|ZBK|steel|CN|CNY|DAP|fault=impossible-date|The thirty-first of November
out-of-sequence|I|MOW|laptop+monitor+hdd|CN|USD|DAP|fault=sequence|Items numbered 1, 3, 2
text-for-number|E|BLG|soy|CN|CNY|FCA|fault=text-for-number|A mass in words
cp1251|E|VVO|pollock|CN|USD|CFR|fault=cp1251|Bytes of Windows-1251 under UTF-8
unknown-element|I|MOW|sofa|CN|USD|DAP|fault=unknown-element|An element the model has not
no-office|I|SVO|phone|CN|USD|FCA|fault=missing-office|No office of declaration
no-origin|I|ZBKR|garlic|CN|USD|DAP|fault=missing-origin|No country of origin
";

const SCENARIOS_US: &str = "\
phones-la|I|LAX|phone|CN|USD|FOB|x2|Telephones by sea to Los Angeles
laptops-lb|I|LGB|laptop+monitor|CN|USD|FOB|x2|Notebooks and monitors
toys-la|I|LAX|toy+console|CN|USD|FOB|x2|Toys and consoles
furniture-savannah|I|SAV|table+chair+mattress|VN|USD|FOB||Furniture: three items
clothes-ny|I|NYC|tshirt+jeans+pullover|BD|USD|FOB|x2|Clothing by the dozen: three items
shoes-lb|I|LGB|trainers+cheapshoe|VN|USD|FOB||Footwear, one under a compound rate
tyres-savannah|I|SAV|tyre+trucktyre|TH|USD|FOB||Tires from Thailand
solar-oakland|I|OAK|solar|MY|USD|FOB|x2|Solar modules from Malaysia
batteries-seattle|I|SEA|battery|KR|USD|FOB||Lithium-ion batteries
cars-charleston|I|CHS|car|DE|EUR|FOB||Cars from Germany, priced in euros
ev-norfolk|I|ORF|ev|KR|USD|FOB||Electric cars
wine-ny|I|NYC|winered+sparkling|FR|EUR|FOB||French wine, duty by the litre
whisky-ny|I|NYC|scotch|GB|GBP|FOB||Scotch by the proof litre
beer-laredo|I|LRD|beer|MX|USD|DAP||Beer by lorry through Laredo
avocado-laredo|I|LRD|avocado|MX|USD|DAP|x2|Avocados by lorry through Laredo
lumber-detroit|I|DET|lumber+newsprint|CA|CAD|DAP||Lumber and newsprint, priced in Canadian dollars
coffee-houston|I|HOU|coffee+tea|BR|USD|FOB||Coffee and tea from Santos
shrimp-miami|I|MIA|shrimp|EC|USD|CFR||Frozen shrimp
beef-houston|I|HOU|beef|NZ|USD|CFR||Frozen veal with papers of the exporting service
garlic-bare|I|LAX|garlic|CN|USD|CFR|bare|Garlic without its certificate
blueberries|I|SEA|blueberry+apples|CL|USD|CFR||Berries and apples
crab-seattle|I|SEA|crab|CA|CAD|CIF||Red king crab, priced in Canadian dollars
tuna-la|I|LAX|tuna|TH|USD|FOB||Tuna in oil
juice-ny|I|NYC|juice+biscuits|IT|EUR|FOB||Juice by the litre, and cakes
medicine-jfk|I|JFK|tablets|IN|USD|CIP||Medicines by air
cosmetics-jfk|I|JFK|cosmetic+handbag|KR|USD|FCA||Cosmetics and handbags by air
watches-jfk|I|JFK|watch|CN<HK|USD|FCA||Watches under a rate of parts
steel-houston|I|HOU|steel+bolt|KR|USD|CFR||Beams and bolts
aluminium-norfolk|I|ORF|aluminium|AE|USD|CIF||Aluminum from the Gulf
copper-norfolk|I|ORF|cathode|CL|USD|CIF||Copper cathodes
nickel-column2|I|NYC|nickel|RU|USD|CIF||Russian nickel: column 2
plywood-column2|I|SAV|plywood|RU|USD|CIF||Russian birch plywood: column 2
titanium-column2|I|NYC|titanium|RU|USD|CIF||Russian titanium slabs: column 2
potash-column2|I|HOU|potash+urea|BY|USD|CIF||Potash and urea of Belarus: column 2
crude-houston|I|HOU|crude|SA|USD|CIF||Crude oil by the barrel
machines-chicago|I|ORD|lathe|TW|USD|FCA||A lathe by air
centre-lb|I|LGB|vmc|JP|JPY|FOB||A machining center, priced in yen
home-la|I|LAX|aircon+fridge+washer+vacuum+microwave+coffeemaker+cookware|CN|USD|FOB||Household machines and pans: seven items
parts-la|I|LAX|bearing+tap+drive+locks+cable|CN|USD|FOB|frt|Parts: five items, carriage stated apart
medical-chicago|I|ORD|ultrasound+lens|JP|USD|CIP||Scanners and spectacle lenses
bikes-la|I|LAX|bike+ebike+gym|TW|USD|FOB||Bicycles and exercise cycles
tiles-miami|I|MIA|tiles+mirror+towel|TR|USD|FOB||Tiles, mirrors and towels
bags-lb|I|LGB|bags+diaries+denim|VN|USD|FOB||Bags, diaries and denim
diggers-seattle|I|SEA|excavator|JP|JPY|CIF||Excavators
network-la|I|LAX|router+headset+mcu|TW|USD|FOB||Routers, headphones and microcontrollers
drones-jfk|I|JFK|drone|CN|USD|FCA||Unmanned aircraft with cameras
warehouse-la|I|LAX|winered|CL|USD|FOB|proc=21|Wine into a bonded warehouse
temporary-jfk|I|JFK|ultrasound|DE|EUR|FCA|proc=23|A scanner under a temporary bond
soy-export|E|SEA|soy|CN|USD|FOB|x2|Soybeans to China
chips-export|E|JFK|mcu|DE|USD|FCA||Microcontrollers to Germany
lng-export|E|HOU|lng|GB|USD|FOB||A cargo of liquefied gas to Britain
tools-export|E|ORF|vmc|IN|USD|FOB|bare|A machining center without a licence
listed-consignee|E|NYC|wheel|AE|USD|FOB|who=Hollow Lantern Electronics FZE|Wheels to a party on the invented screening list
";

const FAULTS_US: &str = "\
not-in-tariff|I|LAX|phone|CN|USD|FOB|fault=code-not-in-tariff|A code no line of the tariff has
nine-digits|I|LGB|toy|CN|USD|FOB|fault=code-too-short|Nine digits
total|I|NYC|tshirt+jeans|BD|USD|FOB|fault=invoice-total|The invoice total is not the sum of the items
out-of-order|I|SAV|table|VN|USD|FOB|fault=out-of-order|The importer before the items
too-long|I|LAX|bike|TW|USD|FOB|fault=too-long|A reference of sixty characters
utf16|I|HOU|steel|KR|USD|CFR|fault=utf16|UTF-16
duplicate|I|JFK|tablets|IN|USD|CIP|fault=duplicate-document|The same document twice
no-sequence|I|LRD|avocado|MX|USD|DAP|fault=missing-required|An item without its number
entity|I|SEA|battery|KR|USD|FOB|fault=entity|An entity nobody declared
bad-mode|I|OAK|solar|MY|USD|FOB|fault=unknown-mode|A mode of transport that is on no list
";

const SCENARIOS_GB: &str = "\
phones-felixstowe|I|FXT|phone|CN|USD|FOB|frt,x2|Telephones by sea, freight added
laptops-heathrow|I|LHR|laptop+router|CN|USD|FCA||Notebooks and routers by air
clothes-gateway|I|LGP|tshirt+jeans|BD|USD|FOB|x2|Clothing from Bangladesh
shoes-felixstowe|I|FXT|trainers|VN|USD|FOB||Sports shoes
furniture-felixstowe|I|FXT|sofa+bedroom+mattress|CN|USD|FOB||Furniture: three items
toys-southampton|I|SOU|plush+console|CN|GBP|CIF|x2|Toys and consoles
tyres-felixstowe|I|FXT|tyre|CN|GBP|CIF||Tyres
solar-southampton|I|SOU|solar+battery|CN|USD|FOB||Solar modules and batteries
bikes-gateway|I|LGP|bike|TW|GBP|CIF||Bicycles
ev-southampton|I|SOU|ev|CN|GBP|CIF||Electric cars
lamb-gateway|I|LGP|lamb|NZ|GBP|CFR||Frozen lamb with its health entry document
beef-bare|I|LGP|beef|BR|USD|CFR|bare|Frozen beef without its health entry document
prawns-felixstowe|I|FXT|prawns|VN|USD|CFR||Frozen prawns
salmon-immingham|I|IMM|salmon|US|USD|CFR||Frozen salmon
courgettes-dover|I|DVR|courgette|EG|GBP|DAP|x2|Courgettes by ferry
roots-heathrow|I|LHR|roots|US|GBP|CIP||Horse-radish by air
juice-felixstowe|I|FXT|grapejuice|TR|GBP|CIF||Grape juice in drums
garlic-felixstowe|I|FXT|garlic+apples|CN|USD|CFR||Garlic and apples
plantains|I|LGP|banana|BW|GBP|CFR||Plantains
coffee-felixstowe|I|FXT|coffee+tea|KE|USD|CIF||Coffee and tea
oil-dover|I|DVR|oliveoil|ES|EUR|DAP|pref=300|Olive oil with a preference
wine-dover|I|DVR|wine|FR|EUR|DAP||Wine by ferry
medicine-heathrow|I|LHR|vaccine|DE|EUR|CIP||Vaccines by air
pellets-immingham|I|IMM|pellets|US|USD|CIF||Wood pellets in bulk
timber-immingham|I|IMM|sawn|SE|EUR|CIF||Sawn pine
fertiliser-immingham|I|IMM|npk|NO|EUR|CIF||Fertiliser
machine-felixstowe|I|FXT|horizontal|JP|JPY|CIF||A machining centre, priced in yen
home-felixstowe|I|FXT|microwave+led+mugs+towel|CN|USD|FOB||Household goods: four items
bags-dover|I|DVR|handbag+shampoo|IT|EUR|DAP||Handbags and shampoo
art-heathrow|I|LHR|painting|US|USD|CIP||A lithograph
prelodged|I|DVR|basket|TR|GBP|DAP|type=D|Straw goods, declared before arrival
listed-supplier|I|FXT|bearing|DE|EUR|CIF|who=Fata Morgana Bearings GmbH|Bearings from a firm on the invented screening list
whisky-grangemouth|E|GRG|whisky|US|GBP|FOB|x2|Whisky to New York
gin-felixstowe|E|FXT|gin|AU|GBP|FOB||Gin to Sydney
cheddar-dover|E|DVR|cheddar+biscuits|DE|EUR|DAP||Cheese and biscuits to Germany
cars-southampton|E|SOU|car|CN|GBP|CIF||Cars to Shanghai
cashmere-heathrow|E|LHR|cashmere|CN|GBP|CIP||Cashmere jumpers by air
machine-licence|E|IMM|horizontal|IN|GBP|FOB||A machining centre with an export licence
machine-bare|E|IMM|horizontal|AE|GBP|FOB|bare|A machining centre without an export licence
scanner-heathrow|E|LHR|ultrasound|KZ|GBP|CIP||Scanners by air to Almaty
cocoa-dover|E|DVR|cocoa|FR|EUR|DAP||Cocoa butter to France
";

const FAULTS_GB: &str = "\
no-code|I|FXT|phone|CN|GBP|CIF|fault=missing-code|No commodity code
no-reference|I|LGP|tshirt|BD|GBP|CIF|fault=missing-reference|No reference of the declarant's own
unknown-currency|I|FXT|sofa|CN|GBP|CIF|fault=unknown-currency|A currency that is on no list
wrong-count|I|SOU|plush+console|CN|GBP|CIF|fault=item-count|Three items stated, two sent
truncated|I|DVR|wine|FR|GBP|DAP|fault=truncated|The XML ends in the middle
wrong-location|I|FXT|tyre|CN|GBP|CIF|fault=location|A place that is not an approved location
eu-quota|I|DVR|courgette|EG|GBP|DAP|fault=eu-quota|A quota number of the EU tariff
unknown-package|I|LHR|vaccine|DE|GBP|CIP|fault=unknown-package|A kind of package that is on no list
no-exit|E|GRG|whisky|US|GBP|FOB|fault=missing-exit|An export without an office of exit
two-declarations|I|FXT|bike|TW|GBP|CIF|fault=two-declarations|Two declarations in one message
";

/// Invented firms: `country|name|city|line|postcode`.
const FIRMS: &str = "\
CN|黑河示例农产品有限公司|黑河|示例大街1号|164300
CN|满洲里样例木业有限公司|满洲里|样例北路12号|021400
CN|上海示例国际贸易有限公司 (Shanghai Specimen)|上海|样板路88号|200120
CN|深圳样例电子科技有限公司|深圳|范例大道7号|518067
CN|二连浩特范例商贸有限公司|二连浩特|示范街3号|011100
CN|新疆示例果蔬有限公司|霍尔果斯|样例路21号|835221
CN|宁波样板家居用品有限公司|宁波|样板东路5号|315800
CN|郑州范例跨境电商有限公司|郑州|示例航空港6号|451162
RU|ООО «Пример-Агро»|Благовещенск|ул. Образцовая, 1|675000
RU|АО «Образцовый Лес»|Чита|ул. Примерная, 14|672000
RU|ООО «Примерная Торговля» (Specimen Trade)|Москва|Образцовый пр., 7|101000
RU|ООО «Образец Машинери»|Екатеринбург|ул. Пробная, 22|620000
RU|ООО «Пример Рыбпром»|Владивосток|ул. Эскизная, 3|690000
RU|АО «Макет Удобрения»|Новороссийск|Макетная наб., 9|353900
RU|ООО «Образцовые Технологии»|Новосибирск|ул. Черновая, 5|630000
RU|ООО «Проба Логистика»|Санкт-Петербург|Эталонный пер., 2|190000
KZ|ТОО «Үлгі Астық»|Алматы|Үлгі көшесі 4|050000
KZ|ТОО «Образец Экспорт»|Достык|ул. Примерная, 8|041500
MN|«Жишээ Ноолуур» ХХК|Улаанбаатар|Жишээ гудамж 5|14200
MN|«Загвар Уул Уурхай» ХХК|Эрдэнэт|Загвар гудамж 2|61000
GB|Specimen & Daughters Ltd|Leeds|1 Sample Row|LS1 0XX
GB|Example Highland Spirits Ltd|Elgin|9 Pattern Lane|IV30 0XX
GB|Placeholder Home Imports Ltd|Ipswich|14 Draft Street|IP1 0XX
GB|Model Machines (Example) plc|Coventry|3 Template Way|CV1 0XX
GB|Sample Foods Wholesale Ltd|London|22 Mock Yard|E1 0XX
US|Specimen Imports LLC|Los Angeles|100 Sample Blvd|90000
US|Example Home Goods Inc|Savannah|22 Pattern St|31400
US|Placeholder Foods Corp|Houston|7 Draft Ave|77000
US|Template Metals Inc|Newark|15 Mockup Rd|07100
US|Sample Electronics LLC|Seattle|9 Example Way|98100
US|Blueprint Outfitters (Example) Inc|New York|4 Sketch Pl|10001
DE|Muster Maschinenbau GmbH|Hamburg|Musterweg 3|20095
FR|Maison Exemple SARL|Bordeaux|2 rue du Modèle|33000
ES|Bodegas Ejemplo SL|Logroño|Calle Muestra 5|26001
IT|Esempio Industrie Srl|Milano|Via Campione 8|20121
JP|見本精機株式会社 (Mihon Seiki)|Nagoya|見本町1-1|460-0001
KR|견본전자 주식회사 (Gyeonbon)|Busan|견본로 12|48000
VN|Công ty TNHH Mẫu Vật|Hai Phong|12 Đường Mẫu|180000
BD|Namuna Garments Ltd|Chattogram|5 Sample Road|4000
TH|บริษัท ตัวอย่าง จำกัด (Tua Yang)|Laem Chabang|7 Example Soi|20230
MY|Contoh Solar Sdn Bhd|Penang|3 Jalan Contoh|11900
TW|範例機械股份有限公司|Taichung|範例路9號|407000
IN|Namuna Pharma Pvt Ltd|Mumbai|18 Sample Marg|400001
TR|Örnek Gıda AŞ|Mersin|Örnek Cad. 6|33000
BR|Exemplo Alimentos SA|Santos|Rua Modelo 10|11000
EC|Muestra Banano SA|Guayaquil|Av. Ejemplo 4|090101
EG|Namuzag Trading Co|Alexandria|8 Specimen St|21500
QA|Specimen Gas QSC|Ras Laffan|1 Sample Road|00000
AE|Specimen Metals FZE|Jebel Ali|2 Sample Gate|00000
SA|Specimen Petroleum Co|Ras Tanura|1 Sample Pier|31941
CA|Échantillon Forest Products Inc|Windsor|40 Sample Rd|N9A 0X0
MX|Muestra Exportadora SA de CV|Nuevo Laredo|Calle Ejemplo 3|88000
CL|Ejemplo Frutas SpA|Valparaíso|Av. Muestra 2|2340000
AR|Muestra Carnes SA|Rosario|Calle Modelo 9|S2000
NZ|Specimen Pastures Ltd|Napier|6 Sample Quay|4110
AU|Specimen Vineyards Pty Ltd|Adelaide|5 Sample Tce|5000
SE|Exempel Trä AB|Göteborg|Exempelgatan 4|41101
NO|Eksempel Gjødsel AS|Porsgrunn|Eksempelveien 2|3901
KE|Mfano Growers Ltd|Mombasa|3 Mfano Road|80100
BW|Sekao Farms Ltd|Gaborone|1 Sample Plot|00000
RS|Uzorak Mlekara doo|Novi Sad|Ulica Uzorka 7|21000
BY|ОАО «Образец Калий»|Солигорск|ул. Примерная, 6|223700
HK|Specimen Time (HK) Ltd|Hong Kong|9 Sample Rd|999077
";

/// Currency and how many ten-thousandths of it a US dollar is, for the composing of prices only.
const DOLLARS: [(&str, u64); 14] = [
    ("USD", 10_000),
    ("EUR", 8_950),
    ("GBP", 7_466),
    ("CNY", 66_500),
    ("RUB", 810_000),
    ("KZT", 5_263_000),
    ("MNT", 35_680_000),
    ("JPY", 1_572_000),
    ("KRW", 13_344_000),
    ("CAD", 14_000),
    ("AUD", 14_200),
    ("INR", 950_000),
    ("TRY", 499_000),
    ("HKD", 78_500),
];

/// Papers by pack, direction, start of the code, and the documents that belong to it.
const PAPERS: &[(&str, &str, &str, &str)] = &[
    ("cn", "I", "12019 1001 1003 44 07 0808", "N851"),
    ("cn", "I", "12019 1001 1003 02 0808", "CQP"),
    ("cn", "I", "02 0303 0306 0409 4101", "N853"),
    ("cn", "I", "02 03 1905 2204 2208", "FPR"),
    ("cn", "I", "3002 3004", "Q"),
    ("cn", "I", "85171 8703 8471", "CCC"),
    ("cn", "E", "8456 8457 8458 8459", "3"),
    ("cn", "E", "07 0808", "N851"),
    ("eaeu", "I", "02 03 0406", "N853"),
    ("eaeu", "I", "02", "VPR"),
    ("eaeu", "I", "07 08", "N851"),
    ("eaeu", "E", "12 1001 44", "N851"),
    ("eaeu", "E", "4403 4407", "LES"),
    ("eaeu", "E", "8457", "N811"),
    ("eaeu", "I", "8415 8418 8450 8471 8504 8508 8516 8517 8518 8528 9405", "01191"),
    ("eaeu", "I", "8427 8429 8433 8457 8458 8459 4202 61 62 64 9503 9504", "01191"),
    ("eaeu", "I", "0901 0902 1806 2002 2101", "N002"),
    ("eaeu", "I", "8701 8703", "OTTS"),
    ("eaeu", "I", "8471 8517 8528", "NTF"),
    ("eaeu", "I", "3002 3004", "MED"),
    ("eaeu", "I", "4011 64", "KIZ"),
    ("us", "I", "03 0703 08 09 1604 1905 20", "PN"),
    ("us", "I", "3004 9018", "FDA"),
    ("us", "I", "07 0804 0808", "N851"),
    ("us", "I", "0202", "N853"),
    ("us", "I", "0202", "N852"),
    ("us", "I", "4407 4412 9403", "LAC"),
    ("us", "I", "8703 8711", "EPA"),
    ("us", "I", "8703 8711", "HS7"),
    ("us", "I", "8517 8528", "FCC"),
    ("us", "I", "2203 2204 2208", "TTB"),
    ("us", "I", "9503", "CPC"),
    ("us", "E", "8457 8542", "NLR"),
    ("gb", "I", "44071", "N851"),
    ("gb", "I", "02", "N853"),
    ("gb", "E", "8457", "X002"),
];

struct Goods<'a> {
    key: &'a str,
    code: &'a str,
    unit: &'a str,
    /// Thousandths of the unit a unit of count is; a thousand but for units of content.
    content: u64,
    /// What the duty is counted by where it is not the unit, stated in its place: one quantity is
    /// all the model takes. Unit and thousandths of it a unit of count.
    second: Option<(&'a str, u64)>,
    grams: u64,
    price: (u64, u64),
    packages: (u64, u64),
    per: u64,
    package: &'a str,
    tare: u64,
    name: &'a str,
}

struct Route<'a> {
    key: &'a str,
    mode: &'a str,
    office: &'a str,
    place: &'a str,
    name: &'a str,
    partner: &'a str,
    other: &'a str,
    way: &'a str,
}

struct Firm<'a> {
    country: &'a str,
    name: &'a str,
    city: &'a str,
    line: &'a str,
    postcode: &'a str,
}

struct Scenario<'a> {
    slug: &'a str,
    import: bool,
    route: &'a str,
    goods: Vec<&'a str>,
    origin: &'a str,
    sent_from: &'a str,
    currency: &'a str,
    term: &'a str,
    flags: Vec<&'a str>,
    story: &'a str,
}

impl<'a> Scenario<'a> {
    fn flag(&self, name: &str) -> Option<&'a str> {
        self.flags.iter().find_map(|f| f.strip_prefix(name))
    }

    fn lots(&self) -> usize {
        self.flag("x").and_then(|n| n.parse().ok()).unwrap_or(1)
    }
}

/// Numbers that are the same in every run. Constants of Knuth's MMIX.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n.max(1)
    }

    fn between(&mut self, (least, most): (u64, u64)) -> u64 {
        least + self.below(most.saturating_sub(least) + 1)
    }
}

struct Tables<'a> {
    goods: Vec<Goods<'a>>,
    routes: Vec<Route<'a>>,
    firms: Vec<Firm<'a>>,
}

/// Writes the corpus.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let folder = root.join("data/corpus");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|e| e.to_string())?;
    }
    let mut index = String::from("file,pack,expect,fault,story\n");
    let packs = [
        ("gb", GOODS_GB, ROUTES_GB, SCENARIOS_GB, FAULTS_GB),
        ("us", GOODS_US, ROUTES_US, SCENARIOS_US, FAULTS_US),
        ("eaeu", GOODS_EAEU, ROUTES_EAEU, SCENARIOS_EAEU, FAULTS_EAEU),
        ("cn", GOODS_CN, ROUTES_CN, SCENARIOS_CN, FAULTS_CN),
    ];
    for (pack, goods, routes, scenarios, faults) in packs {
        let tables = Tables {
            goods: rows(goods, goods_row)?,
            routes: rows(routes, route_row)?,
            firms: rows(FIRMS, firm_row)?,
        };
        let seed =
            pack.bytes().fold(2_026_u64, |s, b| s.wrapping_mul(31).wrapping_add(u64::from(b)));
        let mut lcg = Lcg(seed);
        let mut number = 0;
        for text in [scenarios, faults] {
            for scenario in rows(text, scenario_row)? {
                let fault = scenario.flag("fault=").unwrap_or_default();
                for lot in 1..=scenario.lots() {
                    number += 1;
                    let xml = compose(pack, &tables, &scenario, number, &mut lcg)
                        .map_err(|e| format!("{pack} {}: {e}", scenario.slug))?;
                    let bytes = spoil(xml, fault, pack)
                        .map_err(|e| format!("{pack} {}: {e}", scenario.slug))?;
                    let suffix = if lot > 1 { format!("-{lot}") } else { String::new() };
                    let file = format!("{pack}/{number:03}-{}{suffix}.xml", scenario.slug);
                    write(&folder.join(&file), &bytes)?;
                    let expect = if fault.is_empty() { "accepted" } else { "returned" };
                    let lots = scenario.lots();
                    let story = if lots > 1 {
                        format!("{} (lot {lot} of {lots})", scenario.story)
                    } else {
                        scenario.story.to_owned()
                    };
                    let _ = writeln!(index, "{file},{pack},{expect},{fault},{}", quoted(&story));
                }
            }
        }
    }
    for (name, pack, text, story) in messages() {
        let file = format!("messages/{name}.xml");
        write(&folder.join(&file), text.as_bytes())?;
        let _ = writeln!(index, "{file},{pack},accepted,,{}", quoted(story));
    }
    write(&folder.join("INDEX.csv"), index.as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    }
    std::fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn rows<'a, T>(text: &'a str, read: fn(&[&'a str]) -> Result<T, String>) -> Result<Vec<T>, String> {
    let row = |line: &'a str| {
        let fields: Vec<&str> = line.split('|').collect();
        read(&fields).map_err(|e| format!("{line}: {e}"))
    };
    text.lines().map(row).collect()
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is not a number"))
}

fn span(text: &str) -> Result<(u64, u64), String> {
    let (least, most) = text.split_once('-').ok_or("no span")?;
    Ok((number(least)?, number(most)?))
}

fn goods_row<'a>(row: &[&'a str]) -> Result<Goods<'a>, String> {
    let &[key, code, unit, grams, price, packages, per, package, tare, name] = row else {
        return Err("ten fields are wanted".into());
    };
    let (code, second) = match code.split_once('+') {
        None => (code, None),
        Some((code, second)) => {
            let (unit, thousandths) = second.split_once('*').ok_or("no factor")?;
            (code, Some((unit, number(thousandths)?)))
        }
    };
    let (unit, content) = match unit.split_once('*') {
        None => (unit, 1_000),
        Some((unit, content)) => (unit, number(content)?),
    };
    Ok(Goods {
        key,
        code,
        unit,
        content,
        second,
        grams: number(grams)?,
        price: span(price)?,
        packages: span(packages)?,
        per: number(per)?,
        package,
        tare: number(tare)?,
        name,
    })
}

fn route_row<'a>(row: &[&'a str]) -> Result<Route<'a>, String> {
    let &[key, mode, office, place, name, partner, other, way] = row else {
        return Err("eight fields are wanted".into());
    };
    Ok(Route { key, mode, office, place, name, partner, other, way })
}

fn firm_row<'a>(row: &[&'a str]) -> Result<Firm<'a>, String> {
    let &[country, name, city, line, postcode] = row else {
        return Err("five fields are wanted".into());
    };
    Ok(Firm { country, name, city, line, postcode })
}

fn scenario_row<'a>(row: &[&'a str]) -> Result<Scenario<'a>, String> {
    let &[slug, direction, route, goods, origin, currency, term, flags, story] = row else {
        return Err("nine fields are wanted".into());
    };
    let (origin, sent_from) = origin.split_once('<').unwrap_or((origin, origin));
    Ok(Scenario {
        slug,
        import: direction == "I",
        route,
        goods: goods.split('+').collect(),
        origin,
        sent_from,
        currency,
        term,
        flags: flags.split(',').filter(|f| !f.is_empty()).collect(),
        story,
    })
}

/// XML being written: an indented line an element.
struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    fn open(&mut self, name: &'static str) {
        self.indent();
        let _ = writeln!(self.text, "<{name}>");
        self.open.push(name);
    }

    fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            let _ = writeln!(self.text, "</{name}>");
        }
    }

    fn indent(&mut self) {
        for _ in 0..self.open.len() {
            self.text.push(' ');
        }
    }

    /// A value; nothing where it is empty.
    fn put(&mut self, name: &str, value: &str) {
        self.with(name, "", value);
    }

    fn with(&mut self, name: &str, attribute: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        self.indent();
        let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let space = if attribute.is_empty() { "" } else { " " };
        let _ = writeln!(self.text, "<{name}{space}{attribute}>{value}</{name}>");
    }

    fn date(&mut self, name: &'static str, format: &str, value: &str) {
        self.open(name);
        self.with("ds:DateTimeString", &format!("formatCode=\"{format}\""), value);
        self.close();
    }

    fn money(&mut self, name: &str, currency: &str, cents: u64) {
        self.with(name, &format!("currencyID=\"{currency}\""), &hundredths(cents));
    }

    fn document(&mut self, code: &str, id: &str, status: &str) {
        let (category, kind) = halves(code);
        self.open("AdditionalDocument");
        self.put("CategoryCode", category);
        self.put("ID", id);
        self.put("TypeCode", kind);
        self.put("LPCOExemptionCode", status);
        self.close();
    }

    fn party(&mut self, class: &'static str, firm: &Firm<'_>, id: &str) {
        self.open(class);
        self.put("Name", firm.name);
        self.put("ID", id);
        self.open("Address");
        self.put("CityName", firm.city);
        self.put("CountryCode", firm.country);
        self.put("Line", firm.line);
        self.put("PostcodeID", firm.postcode);
        self.close();
        self.close();
    }
}

fn hundredths(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn thousandths(n: u64) -> String {
    if n.is_multiple_of(1_000) {
        (n / 1_000).to_string()
    } else {
        format!("{}.{:03}", n / 1_000, n % 1_000)
    }
}

/// A document code in its category and its type: a letter and the rest, or two figures and three.
fn halves(code: &str) -> (&str, &str) {
    let at = if code.len() > 4 { 2 } else { 1 };
    code.split_at(at.min(code.len()))
}

/// A registration number that nobody has: noughts or nines where a real one differs.
fn registration(country: &str, n: u64) -> String {
    match country {
        "GB" => format!("GB000000{n:06}"),
        "CN" => format!("00000{n:05}"),
        "RU" => format!("000000{n:04}"),
        "US" => format!("00-0000{n:03}00"),
        _ => String::new(),
    }
}

/// What an item came to.
struct Item<'g> {
    goods: &'g Goods<'g>,
    count: u64,
    packages: u64,
    net: u64,
    gross: u64,
    cents: u64,
}

fn item<'g>(goods: &'g Goods<'g>, per_dollar: u64, many: bool, lcg: &mut Lcg) -> Item<'g> {
    let mut packages = lcg.between(goods.packages);
    if many && packages > 8 {
        packages /= 3;
    }
    let count = packages * goods.per;
    let net = count * goods.grams;
    let price = lcg.between(goods.price);
    let cents = count * price * per_dollar / 10_000;
    // Kilograms to the hundred grams: scales at a border weigh no finer.
    let gross = (net + net / 1_000 * goods.tare).div_ceil(100) * 100;
    Item { goods, count, packages, net, gross, cents }
}

fn compose(
    pack: &str,
    tables: &Tables<'_>,
    s: &Scenario<'_>,
    serial: u64,
    lcg: &mut Lcg,
) -> Result<String, String> {
    let route = tables.routes.iter().find(|r| r.key == s.route).ok_or("no such route")?;
    let per_dollar = DOLLARS
        .iter()
        .find(|(c, _)| *c == s.currency)
        .map(|(_, n)| *n)
        .ok_or("no such currency")?;
    let own = match pack {
        "gb" => "GB",
        "us" => "US",
        "cn" => "CN",
        _ => "RU",
    };
    let partner = if s.import { s.sent_from } else { s.origin };
    let through = ["MLX", "MLXR"].contains(&route.key);
    if !route.partner.is_empty() && s.sent_from != route.partner && !through {
        return Err(format!("the route goes to {}", route.partner));
    }
    let pick = |country: &str, lcg: &mut Lcg| {
        let all: Vec<(usize, &Firm<'_>)> =
            tables.firms.iter().enumerate().filter(|(_, f)| f.country == country).collect();
        let at = lcg.below(all.len() as u64) as usize;
        all.get(at).copied().ok_or(format!("no firm of {country}"))
    };
    let (home_at, home) = pick(own, lcg)?;
    let (broker_at, broker) = pick(own, lcg)?;
    let (_, abroad) = pick(partner, lcg)?;
    let listed = s.flag("who=").map(|name| Firm { name, ..*abroad });
    let abroad = listed.as_ref().unwrap_or(abroad);
    let home_id = registration(own, home_at as u64 + 1);
    let broker_id = registration(own, broker_at as u64 + 1);

    let mut items = Vec::new();
    for key in &s.goods {
        let goods = tables.goods.iter().find(|g| g.key == *key).ok_or(format!("no goods {key}"))?;
        items.push(item(goods, per_dollar, s.goods.len() > 1, lcg));
    }
    let total: u64 = items.iter().map(|i| i.cents).sum();
    let gross: u64 = items.iter().map(|i| i.gross).sum();
    let packages: u64 = items.iter().map(|i| i.packages).sum();
    let day = 2 + lcg.below(19);
    let papers_no = 10_000 + lcg.below(90_000);
    let reference = format!("FDC-{}-26-{serial:04}", pack.to_ascii_uppercase());

    let mut x = Xml { text: String::with_capacity(8_192), open: Vec::new() };
    x.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    x.text.push_str(
        "<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\" \
         xmlns:ds=\"urn:wco:datamodel:WCO:Declaration_DS:DMS:2\">\n",
    );
    x.open.push("Declaration");
    let zone = match pack {
        "cn" => "+08",
        "eaeu" => "+03",
        "us" => "-05",
        _ => "+00",
    };
    let hour = 8 + lcg.below(10);
    let minute = lcg.below(60);
    x.date("AcceptanceDateTime", "304", &format!("202611{day:02}{hour:02}{minute:02}00{zone}"));
    x.put("FunctionCode", "9");
    x.put("FunctionalReferenceID", &reference);
    let kind = s.flag("type=").unwrap_or("A");
    x.put("TypeCode", &format!("{}{kind}", if s.import { "IM" } else { "EX" }));
    x.put("GoodsItemQuantity", &items.len().to_string());
    if pack != "gb" {
        x.put("DeclarationOfficeID", route.office);
    }
    x.money("InvoiceAmount", s.currency, total);
    x.with("TotalGrossMassMeasure", "unitCode=\"KGM\"", &thousandths(gross));
    x.put("TotalPackageQuantity", &packages.to_string());
    let by_broker = lcg.below(3) == 0 && broker_at != home_at;
    if by_broker {
        x.open("Agent");
        x.put("Name", broker.name);
        x.put("ID", &broker_id);
        x.put("FunctionCode", "2");
        x.close();
    }
    border(&mut x, pack, route, partner, lcg);
    if !route.way.is_empty() {
        x.open("Consignment");
        let mut way: Vec<&str> = route.way.split(' ').collect();
        if route.partner.is_empty() && !way.contains(&partner) {
            way.insert(0, partner);
        }
        if !s.import {
            way.reverse();
        }
        for (n, country) in way.iter().enumerate() {
            x.open("Itinerary");
            x.put("SequenceNumeric", &(n + 1).to_string());
            x.put("RoutingCountryCode", country);
            x.close();
        }
        x.close();
    }
    if by_broker {
        x.party("Declarant", broker, &broker_id);
    } else {
        x.party("Declarant", home, &home_id);
    }
    if !s.import && pack == "gb" {
        x.open("ExitOffice");
        x.put("ID", route.office);
        x.close();
    }
    if s.import {
        x.party("Exporter", abroad, "");
    } else {
        x.party("Exporter", home, &home_id);
    }

    x.open("GoodsShipment");
    x.put("TransactionNatureCode", if pack == "gb" { "1" } else { "11" });
    if !s.import {
        x.party("Buyer", abroad, "");
        x.party("Consignee", abroad, "");
    } else if pack != "gb" {
        x.party("Consignee", home, &home_id);
    }
    consignment(&mut x, own, pack, route, s.import, &items, lcg);
    if s.flag("frt").is_some() {
        x.open("CustomsValuation");
        for (charge, part) in [("AK", 40), ("AL", 400)] {
            let charge = if pack == "us" && charge == "AK" { "AB" } else { charge };
            x.open("ChargeDeduction");
            x.put("ChargesTypeCode", charge);
            x.money("OtherChargeDeductionAmount", s.currency, total / part);
            x.close();
        }
        x.close();
    }
    x.open("Destination");
    x.put("CountryCode", if s.import { own } else { s.origin });
    x.close();
    x.open("ExportCountry");
    x.put("ID", if s.import { s.sent_from } else { own });
    x.close();
    for (n, item) in items.iter().enumerate() {
        goods_item(&mut x, pack, own, s, route, item, n as u64 + 1, papers_no);
    }
    if s.import {
        x.party("Importer", home, &home_id);
    }
    x.open("Invoice");
    x.put("ID", &format!("INV-{papers_no}"));
    x.date("IssueDateTime", "102", &format!("202610{:02}", 5 + lcg.below(24)));
    x.close();
    x.open("PreviousDocument");
    x.put("CategoryCode", "Z");
    x.put("ID", &format!("{}{papers_no}", if pack == "gb" { "6GB000000-" } else { "SUM-" }));
    x.put("TypeCode", if pack == "gb" { "DCR" } else { "337" });
    x.put("LineNumeric", "1");
    x.close();
    if s.import && pack != "gb" {
        x.party("Seller", abroad, "");
    }
    x.open("TradeTerms");
    x.put("ConditionCode", s.term);
    let seller_pays = matches!(s.term, "DAP" | "CIF" | "CIP" | "CFR" | "CPT");
    let at_home = seller_pays == s.import;
    x.put("LocationName", if at_home { home.city } else { abroad.city });
    x.close();
    x.close();
    x.close();
    Ok(x.text)
}

/// What crosses the border.
fn border(x: &mut Xml, pack: &str, route: &Route<'_>, partner: &str, lcg: &mut Lcg) {
    x.open("BorderTransportMeans");
    let n = lcg.below(900) + 100;
    match route.mode {
        "1" => {
            x.put(
                "Name",
                ["MV Specimen Dawn", "MV Pattern Star", "MV Sample Tide"][lcg.below(3) as usize],
            );
            x.put("ID", &format!("IMO0000{n}"));
            x.put("IdentificationTypeCode", "10");
        }
        "2" => x.put("ID", &format!("00000{n}")),
        "3" | "6" => {
            x.put("ID", &format!("XX{n}XX"));
            x.put("IdentificationTypeCode", "30");
        }
        "4" => {
            x.put("ID", &format!("ZZ{n}"));
            x.put("IdentificationTypeCode", "40");
        }
        "8" => {
            x.put("Name", "Образец-2 / 样例2号");
            x.put("ID", &format!("AMUR-0{n}"));
        }
        _ => {}
    }
    if !matches!(route.mode, "2" | "5") {
        let flag = match (route.mode, pack) {
            ("1", _) => "PA",
            _ if partner == "US" && pack == "gb" => "GB",
            _ => partner,
        };
        x.put("RegistrationNationalityCode", flag);
    }
    x.put("ModeCode", route.mode);
    x.close();
}

fn consignment(
    x: &mut Xml,
    own: &str,
    pack: &str,
    route: &Route<'_>,
    import: bool,
    items: &[Item<'_>],
    lcg: &mut Lcg,
) {
    let boxed = matches!(route.mode, "1" | "2")
        && items.iter().all(|i| !i.goods.package.starts_with(['V', 'N']));
    x.open("Consignment");
    x.put("ContainerCode", if boxed { "1" } else { "0" });
    x.open("GoodsLocation");
    if pack == "gb" {
        x.put("Name", route.place);
    } else {
        x.put("Name", route.name);
        x.put("ID", route.place);
    }
    x.put("TypeCode", "A");
    x.open("Address");
    x.put("TypeCode", "U");
    x.put("CountryCode", own);
    x.close();
    x.close();
    if !route.other.is_empty() && import {
        let (code, name) = match route.other.split_once(' ') {
            Some((code, name)) if code.len() == 5 && code.is_ascii() => (code, name),
            _ => ("", route.other),
        };
        x.open("LoadingLocation");
        x.put("Name", name);
        x.put("ID", code);
        x.close();
    }
    if boxed {
        x.open("TransportEquipment");
        x.put("SequenceNumeric", "1");
        // No owner has the code XXX of the register of containers.
        x.put("ID", &format!("XXXU{:07}", 1_000_000 + lcg.below(8_999_999)));
        x.open("Seal");
        x.put("SequenceNumeric", "1");
        x.put("ID", &format!("S{:06}", lcg.below(1_000_000)));
        x.close();
        x.close();
    }
    x.close();
}

#[allow(clippy::too_many_arguments, reason = "one call, each a part of the item")]
fn goods_item(
    x: &mut Xml,
    pack: &str,
    own: &str,
    s: &Scenario<'_>,
    route: &Route<'_>,
    item: &Item<'_>,
    n: u64,
    papers_no: u64,
) {
    let goods = item.goods;
    x.open("GovernmentAgencyGoodsItem");
    x.put("SequenceNumeric", &n.to_string());
    let invoice = if pack == "gb" { "N935" } else { "N380" };
    x.document(invoice, &format!("INV-{papers_no}"), if pack == "gb" { "AC" } else { "" });
    let carriage = match route.mode {
        "1" | "8" => "N705",
        "2" => "N722",
        "4" => "N740",
        "5" => "N750",
        _ => "N730",
    };
    x.document(carriage, &format!("TR-{papers_no}"), "");
    if s.flag("bare").is_none() {
        let direction = if s.import { "I" } else { "E" };
        for (_, _, codes, paper) in PAPERS.iter().filter(|p| p.0 == pack && p.1 == direction) {
            if codes.split(' ').any(|c| goods.code.starts_with(c)) {
                let status = if pack == "gb" { "AE" } else { "" };
                x.document(paper, &format!("{paper}-{papers_no}-{n}"), status);
            }
        }
    }
    if goods.key == "watch" {
        for (part, cents) in [("case", 900), ("strap, band or bracelet", 400), ("battery", 60)] {
            x.open("AdditionalInformation");
            x.put("StatementCode", "PARTS");
            x.put("StatementDescription", &format!("{part}={}", hundredths(cents * item.count)));
            x.close();
        }
    }
    x.open("Commodity");
    x.put("Description", goods.name);
    let (first, rest) = goods.code.split_at(8.min(goods.code.len()));
    if pack == "gb" {
        classify(x, first, "TSP");
        if !rest.is_empty() {
            classify(x, rest, "TRC");
        }
    } else {
        classify(x, goods.code, "SRZ");
    }
    let undg = match goods.key {
        "battery" => "3480",
        "carbide" => "1402",
        "lng" => "1972",
        "crude" => "1267",
        _ => "",
    };
    if !undg.is_empty() {
        x.open("DangerousGoods");
        x.put("UNDGID", undg);
        x.close();
    }
    if pack == "gb" && s.import {
        x.open("DutyTaxFee");
        x.put("DutyRegimeCode", s.flag("pref=").unwrap_or("100"));
        x.open("Payment");
        x.put("MethodCode", "E");
        x.close();
        x.close();
    }
    x.open("GoodsMeasure");
    x.with("GrossMassMeasure", "unitCode=\"KGM\"", &thousandths(item.gross));
    x.with("NetNetWeightMeasure", "unitCode=\"KGM\"", &thousandths(item.net));
    let (unit, factor) = goods.second.filter(|_| s.import).unwrap_or((goods.unit, goods.content));
    if !unit.is_empty() {
        let counted = thousandths(item.count * factor);
        x.with("TariffQuantity", &format!("unitCode=\"{unit}\""), &counted);
    }
    x.close();
    x.open("InvoiceLine");
    x.money("ItemChargeAmount", s.currency, item.cents);
    x.close();
    x.close();
    if s.import {
        x.open("CustomsValuation");
        x.put("MethodCode", "1");
        x.close();
    }
    let procedure = match (pack, s.import) {
        ("cn", _) => "0110",
        ("us", true) => "01",
        ("us", false) => "10",
        ("gb", false) => "10 40",
        (_, true) => "40 00",
        (_, false) => "10 00",
    };
    let procedure = s.flag("proc=").unwrap_or(procedure);
    let (current, previous) = procedure.split_once(' ').unwrap_or((procedure, ""));
    x.open("GovernmentProcedure");
    x.put("CurrentCode", current);
    x.put("PreviousCode", previous);
    x.close();
    if pack == "gb" {
        x.open("GovernmentProcedure");
        x.put("CurrentCode", "000");
        x.close();
    }
    x.open("Origin");
    x.put("CountryCode", if s.import { s.origin } else { own });
    let preference = s.flag("pref=").is_some();
    x.put("TypeCode", if preference { "2" } else { "1" });
    x.close();
    x.open("Packaging");
    x.put("SequenceNumeric", "1");
    x.put("MarksNumbersID", &format!("FDC {papers_no}/{n}"));
    x.put("QuantityQuantity", &item.packages.to_string());
    x.put("TypeCode", goods.package);
    x.close();
    x.close();
}

fn classify(x: &mut Xml, code: &str, scheme: &str) {
    x.open("Classification");
    x.put("ID", code);
    x.put("IdentificationTypeCode", scheme);
    x.close();
}

/// Puts the fault in.
fn spoil(xml: String, fault: &str, pack: &str) -> Result<Vec<u8>, String> {
    let swap = |from: &str, to: &str| {
        if xml.contains(from) { Ok(xml.replacen(from, to, 1)) } else { Err(format!("no {from}")) }
    };
    let text = match fault {
        "" => xml,
        "missing-reference" => without(&xml, "FunctionalReferenceID")?,
        "missing-code" => without(&without(&xml, "Classification")?, "Classification")?,
        "missing-term" => without(&xml, "TradeTerms")?,
        "missing-net" => without(&xml, "NetNetWeightMeasure")?,
        "missing-office" => without(&xml, "DeclarationOfficeID")?,
        "missing-origin" => without(&xml, "Origin")?,
        "missing-exit" => without(&xml, "ExitOffice")?,
        "missing-required" => {
            let (head, item) = split_at(&xml, "<GovernmentAgencyGoodsItem>")?;
            format!("{head}{}", without(item, "SequenceNumeric")?)
        }
        "code-not-in-tariff" => {
            let code = if pack == "cn" { "99999999" } else { "9999999999" };
            with_value(&xml, "Classification", "ID", code)?
        }
        "code-too-long" => with_value(&xml, "Classification", "ID", "4703210000")?,
        "code-too-short" => with_value(&xml, "Classification", "ID", "070320000")?,
        "unknown-country" => with_value(&xml, "Origin", "CountryCode", "XQ")?,
        "unknown-package" => with_value(&xml, "Packaging", "TypeCode", "QX")?,
        "unknown-mode" => with_value(&xml, "BorderTransportMeans", "ModeCode", "0")?,
        "location" => with_value(&xml, "GoodsLocation", "Name", "FXTFXTZZZ")?,
        "unknown-currency" => xml
            .replace("currencyID=\"USD\"", "currencyID=\"XQQ\"")
            .replace("currencyID=\"GBP\"", "currencyID=\"XQQ\""),
        "item-count" => with_value(&xml, "Declaration", "GoodsItemQuantity", "3")?,
        "invoice-total" => {
            let (head, tail) = split_at(&xml, "<InvoiceAmount currencyID=\"USD\">")?;
            let end = tail.find("</InvoiceAmount>").ok_or("no end")?;
            format!("{head}<InvoiceAmount currencyID=\"USD\">1234.56{}", &tail[end..])
        }
        "net-above-gross" => {
            let (head, tail) = split_at(&xml, "<GrossMassMeasure unitCode=\"KGM\">")?;
            let end = tail.find("</GrossMassMeasure>").ok_or("no end")?;
            format!("{head}<GrossMassMeasure unitCode=\"KGM\">950{}", &tail[end..])
        }
        "negative" => {
            swap("<ItemChargeAmount currencyID=\"USD\">", "<ItemChargeAmount currencyID=\"USD\">-")?
        }
        "impossible-date" => with_value(&xml, "AcceptanceDateTime", DATE, "20261131090000+03")?,
        "sequence" => {
            let mut parts = xml.split("<GovernmentAgencyGoodsItem>");
            let mut text = parts.next().unwrap_or_default().to_owned();
            for (n, part) in parts.enumerate() {
                let stated = [1, 3, 2].get(n).copied().unwrap_or(n + 1);
                let from = format!("<SequenceNumeric>{}<", n + 1);
                text.push_str("<GovernmentAgencyGoodsItem>");
                text.push_str(&part.replacen(&from, &format!("<SequenceNumeric>{stated}<"), 1));
            }
            text
        }
        "duplicate-document" => {
            let (head, tail) = split_at(&xml, "<AdditionalDocument>")?;
            let end = tail.find("</AdditionalDocument>").ok_or("no end")? + 21;
            format!("{head}{}\n{tail}", &tail[..end])
        }
        "text-for-number" => {
            with_value(&xml, "GoodsMeasure", "GrossMassMeasure", "около двадцати")?
        }
        "unknown-element" => swap("<TradeTerms>", "<HouseNumber>7</HouseNumber>\n  <TradeTerms>")?,
        "out-of-order" => {
            let (head, tail) = split_at(&xml, "<Importer>")?;
            let end = tail.find("</Importer>").ok_or("no end")? + 11;
            let importer = &tail[..end];
            let rest = format!("{head}{}", &tail[end..]);
            let (before, after) = split_at(&rest, "<GovernmentAgencyGoodsItem>")?;
            format!("{before}{importer}\n{after}")
        }
        "too-long" => {
            with_value(&xml, "Declaration", "FunctionalReferenceID", &"FDC-US-26-".repeat(6))?
        }
        "truncated" => {
            let at = xml.find("<Importer>").ok_or("no importer")?;
            xml[..at + 6].to_owned()
        }
        "encoding-declared" => swap("encoding=\"UTF-8\"", "encoding=\"GB2312\"")?,
        "cp1251" => {
            // What Windows-1251 has not becomes a question mark.
            return Ok(xml.chars().filter_map(cp1251).collect());
        }
        "utf16" => {
            let units = std::iter::once(0xfeff).chain(xml.encode_utf16());
            return Ok(units.flat_map(u16::to_le_bytes).collect());
        }
        "dtd" => {
            swap("<Declaration ", "<!DOCTYPE Declaration [<!ENTITY firm \"x\">]>\n<Declaration ")?
        }
        "entity" => swap("<Description>", "<Description>&firm; ")?,
        "eu-quota" => swap(
            "</DutyRegimeCode>",
            "</DutyRegimeCode>\n     <QuotaOrderID>091234</QuotaOrderID>",
        )?,
        "two-declarations" => {
            let (head, body) = split_at(&xml, "<Declaration ")?;
            format!("{head}<Declarations>\n{body}{body}</Declarations>\n")
        }
        other => return Err(format!("no fault {other}")),
    };
    Ok(text.into_bytes())
}

const DATE: &str = "ds:DateTimeString";

fn cp1251(c: char) -> Option<u8> {
    match c {
        '\0'..='\x7f' => u8::try_from(c).ok(),
        'А'..='я' => u8::try_from(u32::from(c) - 0x410 + 0xc0).ok(),
        'ё' => Some(0xb8),
        'Ё' => Some(0xa8),
        '«' => Some(0xab),
        '»' => Some(0xbb),
        _ => Some(b'?'),
    }
}

fn split_at<'x>(xml: &'x str, mark: &str) -> Result<(&'x str, &'x str), String> {
    xml.find(mark).map(|at| xml.split_at(at)).ok_or(format!("no {mark}"))
}

/// Without the first element of this name.
fn without(xml: &str, name: &str) -> Result<String, String> {
    let start = [format!("<{name}>"), format!("<{name} ")]
        .iter()
        .filter_map(|m| xml.find(m.as_str()))
        .min()
        .ok_or(format!("no {name}"))?;
    let close = format!("</{name}>");
    let end = xml[start..].find(&close).ok_or(format!("no end of {name}"))? + start + close.len();
    Ok(format!("{}{}", xml[..start].trim_end(), &xml[end..]))
}

/// With another value in the first element `name` within the first `class`.
fn with_value(xml: &str, class: &str, name: &str, value: &str) -> Result<String, String> {
    let (head, tail) = split_at(xml, &format!("<{class}"))?;
    let start = [format!("<{name}>"), format!("<{name} ")]
        .iter()
        .filter_map(|m| tail.find(m.as_str()))
        .min()
        .ok_or(format!("no {name}"))?;
    let text = tail[start..].find('>').ok_or("no end of tag")? + start + 1;
    let end = tail[text..].find("</").ok_or("no end")? + text;
    Ok(format!("{head}{}{value}{}", &tail[..text], &tail[end..]))
}

/// Messages about declarations already lodged: their numbers are invented.
fn messages() -> Vec<(String, &'static str, String, &'static str)> {
    let rows = [
        (
            "01-amend-gb",
            "gb",
            "COR",
            "26GB00000000000001",
            "32",
            "The description of the goods is mended",
        ),
        ("02-amend-cn", "cn", "COR", "26CN00000000000002", "32", "The office is changed"),
        ("03-cancel-eaeu", "eaeu", "INV", "26RU00000000000003", "1", "A duplicate is withdrawn"),
        ("04-cancel-us", "us", "INV", "26US00000000000004", "1", "The goods were not shipped"),
        (
            "05-arrive-gb",
            "gb",
            "GPR",
            "26GB00000000000005",
            "",
            "Goods declared before arrival have come",
        ),
        ("06-arrive-cn", "cn", "GPR", "26CN00000000000006", "", "The barge has come to Heihe"),
    ];
    let message = |(name, pack, kind, mrn, reason, story): (&str, _, &str, &str, &str, _)| {
        let mut x = Xml { text: String::new(), open: Vec::new() };
        x.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        x.text.push_str("<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\">\n");
        x.open.push("Declaration");
        x.put("FunctionCode", "13");
        x.put("FunctionalReferenceID", &format!("FDC-MSG-{}", &name[..2]));
        x.put("ID", mrn);
        x.put("TypeCode", kind);
        if kind == "INV" {
            x.open("AdditionalInformation");
            x.put("StatementDescription", story);
            x.put("StatementTypeCode", "AES");
            x.close();
        }
        if !reason.is_empty() {
            x.open("Amendment");
            x.put("ChangeReasonCode", reason);
            x.open("Pointer");
            x.put("DocumentSectionCode", "42A");
            x.close();
            x.close();
        }
        x.close();
        (name.to_owned(), pack, x.text, story)
    };
    rows.into_iter().map(message).collect()
}
